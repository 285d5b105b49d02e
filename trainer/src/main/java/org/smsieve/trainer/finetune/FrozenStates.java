package org.smsieve.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.gpt2.Gpt2Program;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.text.Tokens;

/**
 * The hidden states that the frozen lower blocks give for each message, computed once: they never change. What would
 * not fit into the memory allowed is computed again each time.
 */
final class FrozenStates {
    /** Most memory that is kept, in bytes. */
    private static final long MAX_BYTES = 1L << 30;

    private static final int BATCH_SIZE = 32;

    private final Gpt2Program program;
    private final FinetuneOptions options;
    private final Map<Tokens, float[]> states = new HashMap<>();

    FrozenStates(Gpt2Program program, FinetuneOptions options) {
        this.program = program;
        this.options = options;
    }

    /** Computes the states of messages, as many as fit, in batches of like length. */
    void prepare(List<Tokens> messages, Runnable afterEachMessage) {
        List<Tokens> byLength =
                messages.stream().sorted(Comparator.comparingInt(this::length)).toList();
        long bytes = 0;
        for (int begin = 0; begin < byLength.size(); begin += BATCH_SIZE) {
            List<Tokens> batch = byLength.subList(begin, Math.min(begin + BATCH_SIZE, byLength.size()));
            int width = program.config().embed();
            bytes += batch.stream()
                    .mapToLong(m -> (long) length(m) * width * Float.BYTES)
                    .sum();
            if (bytes <= MAX_BYTES) {
                try (NDManager manager = program.newManager()) {
                    TokenBatch padded = batch(batch);
                    float[] computed = program.hidden(padded.tokens(manager)).toFloatArray();
                    for (int i = 0; i < batch.size(); i++) {
                        int first = i * padded.length() * width;
                        states.put(
                                batch.get(i),
                                Arrays.copyOfRange(computed, first, first + length(batch.get(i)) * width));
                    }
                }
            }
            batch.forEach(message -> afterEachMessage.run());
        }
    }

    /** The hidden states of a batch, {@code (batch, tokens, embed)}; what lies behind a message's end is arbitrary. */
    NDArray of(List<Tokens> messages, TokenBatch padded, NDManager manager) {
        if (!states.keySet().containsAll(messages)) {
            // Through the heap, since autograd cannot keep arrays made without it.
            NDArray computed = program.hidden(padded.tokens(manager));
            return manager.create(computed.toFloatArray(), computed.getShape());
        }
        int width = program.config().embed();
        float[] values = new float[messages.size() * padded.length() * width];
        for (int i = 0; i < messages.size(); i++) {
            float[] state = states.get(messages.get(i));
            System.arraycopy(state, 0, values, i * padded.length() * width, state.length);
        }
        return manager.create(values, new Shape(messages.size(), padded.length(), width));
    }

    private TokenBatch batch(List<Tokens> messages) {
        return TokenBatch.of(messages, options.pooling(), options.maxTokens(), program.config());
    }

    private int length(Tokens message) {
        return TokenBatch.length(message, options.pooling(), options.maxTokens());
    }
}
