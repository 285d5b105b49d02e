package org.smsieve.classifier;

import java.util.List;
import org.smsieve.text.Tokens;

/** Classifies many messages in one call. One thread at a time may use an instance. */
public interface BatchClassifier extends AutoCloseable {
    /**
     * Classifies messages. The verdict on a message depends on the message alone, whatever the company: scores are
     * equal to 1e-5 in fp32, 2e-2 in bf16 and 5e-2 in int8.
     *
     * @param messages the messages' tokens, in any order and of any lengths; may be empty
     * @return a verdict for each message, in the order given
     * @throws RuntimeException if the engine fails; then none of the messages has a verdict
     */
    List<Verdict> classify(List<Tokens> messages);

    /** The labels a verdict can have, in the model's order; at least two, distinct. */
    List<String> labels();

    /** What it is. */
    ClassifierInfo info();

    /** The model, {@code name@version}. */
    default String model() {
        return info().model();
    }

    /** Positions computed so far, padding included. */
    long positions();

    /** How many tokens of a message are read, at least 1: a longer message is truncated. */
    int maxTokens();

    /** Frees the native memory. May be called more than once; {@link #classify} must not be called afterwards. */
    @Override
    void close();
}
