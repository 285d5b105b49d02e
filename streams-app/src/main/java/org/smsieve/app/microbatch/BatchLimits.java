package org.smsieve.app.microbatch;

import java.time.Duration;

/**
 * The bounds of a micro-batch.
 *
 * @param maxRecords the most messages, at least 1
 * @param maxTokens the most tokens, at least 1; a message of more is a batch of its own
 * @param timeout how long the engine may go without finishing a batch before it is taken for broken
 */
public record BatchLimits(int maxRecords, int maxTokens, Duration timeout) {
    public BatchLimits {
        if (maxRecords < 1 || maxTokens < 1 || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "maxRecords: " + maxRecords + ", maxTokens: " + maxTokens + ", timeout: " + timeout);
        }
    }
}
