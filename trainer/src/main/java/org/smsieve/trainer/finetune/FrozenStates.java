package org.smsieve.trainer.finetune;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.gpt2.Gpt2Program;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.text.Tokens;

/**
 * The hidden states that the frozen lower blocks give for each message, computed once: they never change. What would
 * not fit into the memory allowed is computed again each time.
 */
final class FrozenStates implements AutoCloseable {
    /** Longest call in tokens, padding included: enough to keep the processor busy. */
    private static final int CALL_TOKENS = 2048;

    private final Gpt2Program program;
    private final Gpt2Config config;
    private final FinetuneOptions options;
    private final Map<Tokens, float[]> states = new HashMap<>();
    private long bytes;

    /**
     * Loads the frozen blocks.
     *
     * @throws IOException if the weights cannot be read
     */
    FrozenStates(Checkpoint base, Device device, FinetuneOptions options) throws IOException {
        this.options = options;
        config = base.config();
        int blocks = options.trainable().frozenBlocks(config);
        program = Gpt2Program.frozenBlocks(base, device, options.frozen().precision(), blocks);
    }

    /**
     * Computes the states of messages, as many as fit, in batches of like length.
     *
     * @param progress is told how many messages were done since it was last told
     */
    void prepare(List<Tokens> messages, IntConsumer progress) {
        List<Tokens> byLength =
                messages.stream().sorted(Comparator.comparingInt(this::length)).toList();
        int begin = 0;
        while (begin < byLength.size()) {
            int end = begin + 1;
            while (end < byLength.size() && (end + 1 - begin) * length(byLength.get(end)) <= CALL_TOKENS) {
                end++;
            }
            List<Tokens> batch = byLength.subList(begin, end);
            bytes += batch.stream()
                    .mapToLong(m -> (long) length(m) * config.embed() * Float.BYTES)
                    .sum();
            if (bytes <= options.frozen().cacheBytes()) {
                keep(batch);
            }
            progress.accept(batch.size());
            begin = end;
        }
    }

    private void keep(List<Tokens> batch) {
        int width = config.embed();
        try (NDManager manager = program.newManager()) {
            TokenBatch padded = batch(batch);
            float[] computed = program.hidden(padded.tokens(manager)).toFloatArray();
            for (int i = 0; i < batch.size(); i++) {
                int first = i * padded.length() * width;
                states.put(batch.get(i), Arrays.copyOfRange(computed, first, first + length(batch.get(i)) * width));
            }
        }
    }

    /** The hidden states of a batch, {@code (batch, tokens, embed)}; what lies behind a message's end is arbitrary. */
    NDArray of(List<Tokens> messages, TokenBatch padded, NDManager manager) {
        int width = config.embed();
        Shape shape = new Shape(messages.size(), padded.length(), width);
        if (!states.keySet().containsAll(messages)) {
            // Through the heap, since autograd cannot keep arrays made without it.
            try (NDManager scratch = program.newManager()) {
                return manager.create(program.hidden(padded.tokens(scratch)).toFloatArray(), shape);
            }
        }
        float[] values = new float[messages.size() * padded.length() * width];
        for (int i = 0; i < messages.size(); i++) {
            float[] state = states.get(messages.get(i));
            System.arraycopy(state, 0, values, i * padded.length() * width, state.length);
        }
        return manager.create(values, shape);
    }

    @Override
    public void close() {
        program.close();
    }

    private TokenBatch batch(List<Tokens> messages) {
        return TokenBatch.of(messages, options.pooling(), options.maxTokens(), config);
    }

    private int length(Tokens message) {
        return TokenBatch.length(message, options.pooling(), options.maxTokens());
    }
}
