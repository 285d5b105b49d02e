package org.smsieve.gpt2;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.parity.Fixture;
import org.smsieve.text.Tokens;

/** The program's numbers against those of Hugging Face transformers. */
class Gpt2ProgramIT {
    private static final float TOLERANCE = 1e-5f;

    @ParameterizedTest
    @CsvSource({
        "sequence-classification, PLAIN, 0",
        "sequence-classification, PLAIN, 1",
        "sequence-classification, PLAIN, 2",
        "sequence-classification, FUSED, 0",
        "sequence-classification, FUSED, 2",
        "sequence-classification-half, PLAIN, 1",
        "sequence-classification-bfloat16, FUSED, 0"
    })
    void classifiesAsTransformersDoes(String name, Kernels kernels, int split) throws IOException {
        JsonNode expected = Fixture.json(name + "/expected.json");
        try (Gpt2Program program = load(name, Precision.FP32, kernels, split);
                NDManager manager = program.newManager()) {
            TokenBatch batch = batch(program, expected, Pooling.LAST_TOKEN);

            float[] logits = program.classify(batch.tokens(manager), batch.rows(manager), false)
                    .toFloatArray();

            assertThat(logits).usingComparatorWithPrecision(TOLERANCE).containsExactly(floats(expected, "logits"));
        }
    }

    @Test
    void staysCloseInBfloat16() throws IOException {
        JsonNode expected = Fixture.json("sequence-classification/expected.json");
        float[] reference = floats(expected, "logits");
        try (Gpt2Program program = Gpt2Program.forInference(
                        Checkpoint.open(Fixture.checkpoint("sequence-classification")), Device.cpu(), Precision.BF16);
                NDManager manager = program.newManager()) {
            TokenBatch batch = batch(program, expected, Pooling.LAST_TOKEN);

            float[] logits = program.classify(batch.tokens(manager), batch.rows(manager), false)
                    .toFloatArray();

            assertThat(logits).usingComparatorWithPrecision(0.15f).containsExactly(reference);
        }
    }

    @Test
    void readsTheLastPositionWhereAsked() throws IOException {
        JsonNode expected = Fixture.json("sequence-classification/expected.json");
        try (Gpt2Program program = load("sequence-classification", Precision.FP32, Kernels.PLAIN, 1);
                NDManager manager = program.newManager()) {
            TokenBatch batch = batch(program, expected, Pooling.LAST_POSITION);

            NDArray hidden = program.hidden(batch.tokens(manager));
            float[] logits =
                    program.classifyHidden(hidden, batch.rows(manager), false).toFloatArray();

            assertThat(logits)
                    .usingComparatorWithPrecision(TOLERANCE)
                    .containsExactly(floats(expected, "last_position_logits"));
        }
    }

    @Test
    void givesTheHiddenStatesBelowTheTrainedBlocks() throws IOException {
        JsonNode expected = Fixture.json("sequence-classification/expected.json");
        JsonNode hidden = expected.get("hidden_after_block_0");
        int[] ids = Fixture.ints(
                expected.get("sequences").get(hidden.get("sequence").intValue()));
        try (Gpt2Program program = load("sequence-classification", Precision.FP32, Kernels.PLAIN, 1);
                NDManager manager = program.newManager()) {
            TokenBatch batch = TokenBatch.of(List.of(Tokens.of(ids)), Pooling.LAST_TOKEN, ids.length, program.config());

            float[] values = program.hidden(batch.tokens(manager)).toFloatArray();

            assertThat(values).usingComparatorWithPrecision(TOLERANCE).containsExactly(floats(hidden, "values"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"language-model", "language-model-unprefixed"})
    void modelsLanguageAsTransformersDoes(String name) throws IOException {
        JsonNode expected = Fixture.json(name + "/expected.json");
        try (Gpt2Program program = load(name, Precision.FP32, Kernels.PLAIN, 0);
                NDManager manager = program.newManager()) {
            TokenBatch batch = batch(program, expected, Pooling.LAST_TOKEN);

            float[] logits = program.languageModel(batch.tokens(manager), batch.rows(manager), false)
                    .toFloatArray();

            assertThat(logits).usingComparatorWithPrecision(TOLERANCE).containsExactly(floats(expected, "logits"));
        }
    }

    private static Gpt2Program load(String name, Precision precision, Kernels kernels, int split) throws IOException {
        return Gpt2Program.load(Checkpoint.open(Fixture.checkpoint(name)), Device.cpu(), precision, kernels, split, 0);
    }

    private static TokenBatch batch(Gpt2Program program, JsonNode expected, Pooling pooling) {
        List<Tokens> sequences = Fixture.sequences(expected.get("sequences"));
        return TokenBatch.of(sequences, pooling, program.config().context(), program.config());
    }

    private static float[] floats(JsonNode node, String field) {
        return Fixture.floats(node.get(field));
    }
}
