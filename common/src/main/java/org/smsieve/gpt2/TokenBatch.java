package org.smsieve.gpt2;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.text.Tokens;

/**
 * Messages for one call, their tokens one after the other. Messages of like length stand in groups, each padded on the
 * right to its longest: attention is computed a group at a time, all else for all positions at once. Without padding
 * where each group has one length. A message is cut at the most tokens that the model reads; an empty one becomes the
 * single token {@code <|endoftext|>}.
 */
public final class TokenBatch {
    private final long[] tokens;
    private final long[] positions;
    private final long[] rows;
    /** Of each group the number of its messages, and their length. */
    private final long[] groups;

    private TokenBatch(long[] tokens, long[] positions, long[] rows, long[] groups) {
        this.tokens = tokens;
        this.positions = positions;
        this.rows = rows;
        this.groups = groups;
    }

    /**
     * Makes one group of messages.
     *
     * @param messages at least one
     * @param maxTokens in [1, context]
     */
    public static TokenBatch of(List<Tokens> messages, Pooling pooling, int maxTokens, Gpt2Config config) {
        return ofGroups(List.of(messages), pooling, maxTokens, config);
    }

    /**
     * Pads each group to its longest message, or for {@link Pooling#LAST_POSITION} to {@code maxTokens}.
     *
     * @param groups of at least one message each
     * @param maxTokens in [1, context]
     */
    public static TokenBatch ofGroups(List<List<Tokens>> groups, Pooling pooling, int maxTokens, Gpt2Config config) {
        long[] shapes = new long[2 * groups.size()];
        int total = 0;
        int messages = 0;
        for (int i = 0; i < groups.size(); i++) {
            int longest = 1;
            for (Tokens message : groups.get(i)) {
                longest = Math.max(longest, length(message, pooling, maxTokens));
            }
            shapes[2 * i] = groups.get(i).size();
            shapes[2 * i + 1] = longest;
            total += groups.get(i).size() * longest;
            messages += groups.get(i).size();
        }
        long[] tokens = new long[total];
        Arrays.fill(tokens, config.endOfText());
        long[] positions = new long[total];
        long[] rows = new long[messages];
        int begin = 0;
        int row = 0;
        for (int i = 0; i < groups.size(); i++) {
            int longest = (int) shapes[2 * i + 1];
            for (Tokens message : groups.get(i)) {
                for (int position = 0; position < longest; position++) {
                    positions[begin + position] = position;
                }
                for (int position = 0; position < Math.min(message.length(), maxTokens); position++) {
                    tokens[begin + position] = message.id(position);
                }
                rows[row] = (long) begin + length(message, pooling, maxTokens) - 1;
                row++;
                begin += longest;
            }
        }
        return new TokenBatch(tokens, positions, rows, shapes);
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

    /** How many positions there are, padding included. */
    public int positions() {
        return tokens.length;
    }

    /** The common length of the messages of the first group after padding. */
    public int length() {
        return (int) groups[1];
    }

    /**
     * What a program takes: token ids, {@code (positions)}; each one's place in its message, {@code (positions)}; where
     * each message is read, {@code (batch)}, as an index into the positions; the groups' messages and lengths,
     * {@code (groups, 2)}; all of int64.
     */
    public NDList inputs(NDManager manager) {
        return inputs(manager.create(tokens), manager);
    }

    /**
     * What the upper part of a program takes.
     *
     * @param hidden {@code (positions, embed)}, what the lower part gave
     */
    public NDList inputs(NDArray hidden, NDManager manager) {
        // Sizes are read by the processor: on a GPU each would be waited for.
        NDArray shapes = manager.newSubManager(Device.cpu()).create(groups, new Shape(groups.length / 2, 2));
        return new NDList(hidden, manager.create(positions), manager.create(rows), shapes);
    }
}
