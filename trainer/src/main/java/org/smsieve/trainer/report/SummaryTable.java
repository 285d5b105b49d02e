package org.smsieve.trainer.report;

import java.util.ArrayList;
import java.util.List;
import org.smsieve.trainer.evaluate.Confusion;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Figure;

/** The main figures of all parts, the baseline's below the model's. */
final class SummaryTable {
    private SummaryTable() {}

    static Table of(Report report) {
        String positive = report.positiveLabel();
        boolean likeliest = report.threshold().threshold() != null;
        List<String> columns = new ArrayList<>(List.of("part", "classifier", "messages", "accuracy", "95 %"));
        if (likeliest) {
            columns.add("likeliest label");
        }
        columns.addAll(List.of("precision " + positive, "recall", "F1", "false positives", "MCC", "ROC AUC"));
        Table table = new Table(2, columns);
        report.parts().forEach(part -> {
            table.add(row(part.name(), "model", part.model(), likeliest));
            if (part.baseline() != null) {
                table.add(row("", "baseline", part.baseline(), likeliest));
            }
        });
        return table;
    }

    private static List<String> row(String part, String classifier, Evaluation evaluation, boolean likeliest) {
        Confusion confusion = evaluation.confusion();
        String positive = evaluation.positiveLabel();
        List<String> row = new ArrayList<>(List.of(
                part,
                classifier,
                Figure.count(evaluation.messages()),
                Figure.percent(confusion.accuracy()),
                Figure.percent(confusion.accuracyInterval())));
        if (likeliest) {
            row.add(Figure.percent(evaluation.likeliestAccuracy()));
        }
        row.addAll(List.of(
                Figure.percent(confusion.precision(positive)),
                Figure.percent(confusion.recall(positive)),
                Figure.decimal(confusion.f1(positive)),
                Figure.percent(confusion.falsePositiveRate(positive)),
                Figure.decimal(confusion.matthews()),
                Figure.decimal(evaluation.area(positive))));
        return row;
    }
}
