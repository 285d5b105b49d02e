package org.smsieve.bundle;

import java.util.List;
import org.smsieve.checkpoint.CheckpointException;

/**
 * When a message gets a label: if the label's probability is at least this high; otherwise the likeliest of the other
 * labels is taken.
 *
 * @param label one of the model's labels
 * @param probability in [0, 1]
 */
public record DecisionThreshold(String label, double probability) {
    /** Checks the range. */
    public DecisionThreshold {
        if (label == null || !(probability >= 0 && probability <= 1)) {
            throw new CheckpointException("decisionThreshold: " + label + " " + probability
                    + " (expected: a label and a number from 0 to 1)");
        }
    }

    /**
     * The label decided on: of equally likely ones the first.
     *
     * @param threshold null for the likeliest label
     * @param labels the model's labels
     * @param probabilities one for each label
     * @return an index into both
     */
    public static int decide(DecisionThreshold threshold, List<String> labels, List<Double> probabilities) {
        int excluded = threshold == null ? -1 : labels.indexOf(threshold.label());
        if (threshold != null && probabilities.get(excluded) >= threshold.probability()) {
            return excluded;
        }
        int likeliest = -1;
        for (int i = 0; i < probabilities.size(); i++) {
            if (i != excluded && (likeliest < 0 || probabilities.get(i) > probabilities.get(likeliest))) {
                likeliest = i;
            }
        }
        return likeliest;
    }
}
