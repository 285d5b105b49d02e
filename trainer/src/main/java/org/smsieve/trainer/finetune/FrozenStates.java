package org.smsieve.trainer.finetune;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.classifier.LengthGroups;
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
        List<Tokens> missing = messages.stream()
                .filter(message -> !states.containsKey(message))
                .distinct()
                .toList();
        progress.accept(messages.size() - missing.size());
        for (List<Tokens> group : groups(missing)) {
            long size = group.stream().mapToLong(this::bytes).sum();
            if (bytes + size <= options.frozen().cacheBytes()) {
                bytes += size;
                states.putAll(compute(group));
            }
            progress.accept(group.size());
        }
    }

    /** How many bytes are kept. */
    long bytes() {
        return bytes;
    }

    /** The hidden states of a batch, {@code (positions, embed)}; what lies behind a message's end is arbitrary. */
    NDArray of(List<Tokens> messages, TokenBatch padded, NDManager manager) {
        Map<Tokens, float[]> computed = new HashMap<>();
        List<Tokens> missing = messages.stream()
                .filter(message -> !states.containsKey(message))
                .distinct()
                .toList();
        groups(missing).forEach(group -> computed.putAll(compute(group)));
        int width = config.embed();
        float[] values = new float[padded.positions() * width];
        for (int i = 0; i < messages.size(); i++) {
            Tokens message = messages.get(i);
            float[] state = states.getOrDefault(message, computed.get(message));
            System.arraycopy(state, 0, values, i * padded.length() * width, state.length);
        }
        return manager.create(values, new Shape(padded.positions(), width));
    }

    private List<List<Tokens>> groups(List<Tokens> messages) {
        int[] lengths = messages.stream().mapToInt(this::length).toArray();
        return LengthGroups.full(lengths, CALL_TOKENS).stream()
                .map(group -> Arrays.stream(group).mapToObj(messages::get).toList())
                .toList();
    }

    private Map<Tokens, float[]> compute(List<Tokens> group) {
        int width = config.embed();
        Map<Tokens, float[]> computed = new HashMap<>();
        try (NDManager manager = program.newManager()) {
            TokenBatch padded = TokenBatch.of(group, options.pooling(), options.maxTokens(), config);
            float[] hidden = program.hidden(padded.inputs(manager)).toFloatArray();
            for (int i = 0; i < group.size(); i++) {
                Tokens message = group.get(i);
                int first = i * padded.length() * width;
                computed.put(message, Arrays.copyOfRange(hidden, first, first + length(message) * width));
            }
        }
        return computed;
    }

    private long bytes(Tokens message) {
        return (long) length(message) * config.embed() * Float.BYTES;
    }

    @Override
    public void close() {
        program.close();
    }

    private int length(Tokens message) {
        return TokenBatch.length(message, options.pooling(), options.maxTokens());
    }
}
