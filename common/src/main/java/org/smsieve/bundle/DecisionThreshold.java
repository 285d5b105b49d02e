package org.smsieve.bundle;

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
}
