package org.smsieve.trainer.evaluate;

import java.util.List;
import org.smsieve.bundle.DecisionThreshold;

/**
 * What a classifier said of a labelled message.
 *
 * @param label the index of the message's own label
 * @param probabilities one for each label, in the labels' order, in [0, 1]
 */
public record Prediction(int label, List<Double> probabilities) {
    public Prediction {
        probabilities = List.copyOf(probabilities);
    }

    /** The index of the likeliest label; of equally likely ones the first. */
    public int likeliest() {
        return decided(null, List.of());
    }

    /**
     * The index of the label decided on, as the app decides.
     *
     * @param threshold null for the likeliest label
     */
    public int decided(DecisionThreshold threshold, List<String> labels) {
        return DecisionThreshold.decide(threshold, labels, probabilities);
    }
}
