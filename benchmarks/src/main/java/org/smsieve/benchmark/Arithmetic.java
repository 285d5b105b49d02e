package org.smsieve.benchmark;

import java.util.List;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.text.Tokens;

/**
 * The floating point operations that it takes to classify messages: two for each multiplication with its addition, in
 * products of matrices alone. Padding is work for nothing and does not count, and neither does what comes to less than
 * a hundredth: LayerNorm, GELU, softmax, embeddings.
 *
 * <p>A block takes {@code 2 (4 embed^2 + 2 embed inner)} a token, which is 24 embed^2 in GPT-2, and for attention
 * {@code 4 embed} for each pair of a token with one that is not behind it. The last block computes for the one position
 * that is read: the same once a message in place of once a token, and for the attention of that position {@code 4 heads
 * embed} a token.
 */
final class Arithmetic {
    private Arithmetic() {}

    /** The operations for messages one at a time, together. */
    static double of(List<Tokens> messages, int maxTokens, Gpt2Config config) {
        return messages.stream()
                .mapToDouble(message -> of(Math.max(1, Math.min(message.length(), maxTokens)), config))
                .sum();
    }

    private static double of(double tokens, Gpt2Config config) {
        double embed = config.embed();
        double linear = 2 * (4 * embed * embed + 2 * embed * config.inner());
        double block = linear * tokens + 4 * embed * tokens * (tokens + 1) / 2;
        double last = linear + 4 * config.heads() * embed * tokens;
        double head = 2 * embed * config.labels().size();
        return (config.layers() - 1) * block + last + head;
    }
}
