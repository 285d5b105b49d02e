package org.smsieve.trainer;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.gpt2.Gpt2Program;
import org.smsieve.gpt2.Pooling;
import org.smsieve.gpt2.Precision;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.text.Tokens;

/**
 * Continues texts as a language model would, greedily: always with the likeliest token, of equals the first. It owns
 * the model's native memory and frees it when closed. One thread at a time may use it.
 */
final class Generator implements AutoCloseable {
    private final Gpt2Program program;

    /**
     * Loads a model.
     *
     * @param checkpoint a language model; or a classifier, whose head is left out: the output layer's weights are those
     *     of the embedding, so every model of this shape has them
     * @throws IOException if its weights cannot be read
     */
    Generator(Checkpoint checkpoint, Device device) throws IOException {
        program = Gpt2Program.forInference(checkpoint.withLabels(List.of(), 0), device, Precision.FP32);
    }

    /**
     * Continues a text, up to {@code <|endoftext|>}, which is not given. Each token is chosen by the last ones that the
     * model's context holds.
     *
     * @param prompt where it is empty, the text begins after an {@code <|endoftext|>}
     * @param maxNewTokens at least 0
     * @param sink takes each new token as it is there
     */
    void generate(Tokens prompt, int maxNewTokens, IntConsumer sink) {
        Gpt2Config config = program.config();
        int begin = Math.max(1, prompt.length());
        int[] ids = Arrays.copyOf(prompt.toArray(), begin + maxNewTokens);
        if (prompt.length() == 0) {
            ids[0] = config.endOfText();
        }
        for (int end = begin; end < ids.length; end++) {
            ids[end] = next(Tokens.of(Arrays.copyOfRange(ids, Math.max(0, end - config.context()), end)));
            if (ids[end] == config.endOfText()) {
                return;
            }
            sink.accept(ids[end]);
        }
    }

    private int next(Tokens tokens) {
        TokenBatch batch = TokenBatch.of(List.of(tokens), Pooling.LAST_TOKEN, tokens.length(), program.config());
        try (NDManager scratch = program.newManager()) {
            return Math.toIntExact(
                    program.languageModel(batch.inputs(scratch)).argMax().getLong());
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
