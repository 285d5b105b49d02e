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

    /** What the thresholds are and how they came about, a sentence for the model and one for the baseline. */
    static List<String> sentences(Report report) {
        ThresholdChoice ours = report.threshold();
        ThresholdChoice theirs = report.baselineThreshold();
        List<String> sentences = new ArrayList<>();
        sentences.add(
                "All figures are at " + phrase(ours) + (ours.reason().isEmpty() ? "." : ": " + ours.reason() + "."));
        if (theirs != null && !theirs.equals(ours)) {
            String reason = theirs.reason().equals(ours.reason()) ? "picked in the same way" : theirs.reason();
            sentences.add("The baseline's are at " + phrase(theirs) + (reason.isEmpty() ? "." : ": " + reason + "."));
        }
        return sentences;
    }

    private static String phrase(ThresholdChoice choice) {
        return choice.threshold() == null
                ? "the likeliest label"
                : "a decision threshold of "
                        + Figure.probability(choice.threshold().probability())
                        + " for " + choice.threshold().label();
    }

    /** False positives and recall of the positive label at several thresholds. */
    static Table table(EvaluatedPart part) {
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
