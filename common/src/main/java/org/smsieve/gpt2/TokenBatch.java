package org.smsieve.gpt2;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.text.Tokens;

/**
 * Messages side by side for one call: {@code (batch, tokens)}, padded on the right, and the position of each that is to
 * be read. A message is cut at the most tokens that the model reads; an empty one becomes the single token
 * {@code <|endoftext|>}.
 */
public final class TokenBatch {
    private final long[] tokens;
    private final long[] rows;

    private TokenBatch(long[] tokens, long[] rows) {
        this.tokens = tokens;
        this.rows = rows;
    }

    /**
     * Pads messages to the longest of them, or for {@link Pooling#LAST_POSITION} to {@code maxTokens}.
     *
     * @param messages at least one
     * @param maxTokens in [1, context]
     */
    public static TokenBatch of(List<Tokens> messages, Pooling pooling, int maxTokens, Gpt2Config config) {
        int length = 1;
        for (Tokens message : messages) {
            length = Math.max(length, length(message, pooling, maxTokens));
        }
        long[] tokens = new long[messages.size() * length];
        Arrays.fill(tokens, config.endOfText());
        long[] rows = new long[messages.size()];
        for (int i = 0; i < rows.length; i++) {
            Tokens message = messages.get(i);
            int begin = i * length;
            for (int position = 0; position < Math.min(message.length(), maxTokens); position++) {
                tokens[begin + position] = message.id(position);
            }
            rows[i] = (long) begin + length(message, pooling, maxTokens) - 1;
        }
        return new TokenBatch(tokens, rows);
    }

    /** How many positions a message takes before padding. */
    public static int length(Tokens message, Pooling pooling, int maxTokens) {
        return switch (pooling) {
            case LAST_TOKEN -> Math.max(1, Math.min(message.length(), maxTokens));
            case LAST_POSITION -> maxTokens;
        };
    }

    /** How many messages there are. */
    public int size() {
        return rows.length;
    }

    /** The common length after padding. */
    public int length() {
        return tokens.length / rows.length;
    }

    /** The token ids, {@code (batch, tokens)}. */
    public NDArray tokens(NDManager manager) {
        return manager.create(tokens, new Shape(size(), length()));
    }

    /** Where each message is read, {@code (batch)}, as indices into {@code batch * tokens}. */
    public NDArray rows(NDManager manager) {
        return manager.create(rows);
    }
}
