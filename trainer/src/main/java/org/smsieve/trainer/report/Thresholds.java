package org.smsieve.trainer.report;

import java.util.ArrayList;
import java.util.List;
import org.smsieve.trainer.evaluate.Confusion;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Figure;
import org.smsieve.trainer.evaluate.ThresholdChoice;

/** What is told of decision thresholds. */
final class Thresholds {
    private Thresholds() {}

    /** What the thresholds are and how they came about. */
    static String sentences(Report report) {
        String sentences = sentence("All figures", report.threshold());
        return report.baselineThreshold() == null || report.baselineThreshold().equals(report.threshold())
                ? sentences
                : sentences + " " + sentence("The baseline's", report.baselineThreshold());
    }

    private static String sentence(String subject, ThresholdChoice choice) {
        if (choice.threshold() == null) {
            return subject + " are at the likeliest label.";
        }
        return subject + " are at the decision threshold: "
                + choice.threshold().label()
                + " where its probability is at least "
                + Figure.probability(choice.threshold().probability())
                + ", else the likeliest of the others (" + choice.reason() + ").";
    }

    /** False positives and recall of the positive label at several thresholds. */
    static Table table(Part part) {
        List<String> columns = new ArrayList<>(List.of("threshold", "false positives", "rate", "recall"));
        if (part.baseline() != null) {
            columns.addAll(List.of("baseline's false positives", "rate", "recall"));
        }
        Table table = new Table(1, columns);
        part.model().atThresholds().forEach((probability, confusion) -> {
            List<String> row = new ArrayList<>(List.of(Figure.probability(probability)));
            cells(part.model(), confusion, row);
            if (part.baseline() != null) {
                cells(part.baseline(), part.baseline().atThresholds().get(probability), row);
            }
            table.add(row);
        });
        return table;
    }

    private static void cells(Evaluation evaluation, Confusion there, List<String> row) {
        String positive = evaluation.positiveLabel();
        row.add(Figure.count(there.given(positive) - there.hits(positive)));
        row.add(Figure.percent(there.falsePositiveRate(positive)));
        row.add(Figure.percent(there.recall(positive)));
    }
}
