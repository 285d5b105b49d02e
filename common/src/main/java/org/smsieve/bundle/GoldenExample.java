package org.smsieve.bundle;

import java.util.List;
import java.util.Objects;
import org.smsieve.checkpoint.CheckpointException;

/**
 * A text and the logits that the trainer saw for it, so that whoever loads the bundle can tell that it computes the
 * same.
 *
 * @param text any text
 * @param logits one for each label, in float32, in the labels' order
 */
public record GoldenExample(String text, List<Double> logits) {
    /** Checks that both are there. */
    public GoldenExample {
        if (text == null || logits == null || logits.stream().anyMatch(Objects::isNull)) {
            throw new CheckpointException("goldenExamples: (expected: a text and its logits)");
        }
        logits = List.copyOf(logits);
    }
}
