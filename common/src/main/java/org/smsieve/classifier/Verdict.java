package org.smsieve.classifier;

import java.util.Map;

/**
 * What the classifier says of one message.
 *
 * @param label the label decided on, one of the keys of {@code scores}
 * @param scores the probability of each label, in [0, 1], adding up to 1; in the order of the model's labels
 * @param model the model that said so, {@code name@version}
 * @param tokens how many tokens the model read; 0 for an empty text
 * @param truncated whether the message was longer than the model reads, so that its end was not looked at
 */
public record Verdict(String label, Map<String, Double> scores, String model, int tokens, boolean truncated) {
    /** The probability of {@link #label()}, in [0, 1]. */
    public double score() {
        return scores.get(label);
    }
}
