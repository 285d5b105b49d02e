package org.smsieve.gpt2;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.parity.Fixture;
import org.smsieve.text.Tokens;

/** The program's numbers against those of Hugging Face transformers. */
class Gpt2ProgramIT {
    private static final float TOLERANCE = 1e-5f;
    private static final int LAYERS = 2;
    private static final ModelPart WHOLE = new ModelPart(0, LAYERS, true);

    @ParameterizedTest
    @CsvSource({
        "sequence-classification, PLAIN",
        "sequence-classification, BLAS",
        "sequence-classification, ONEDNN",
        "sequence-classification-half, PLAIN",
        "sequence-classification-bfloat16, BLAS",
        "sequence-classification-bfloat16, ONEDNN"
    })
    void classifiesAsTransformersDoes(String name, Kernels kernels) throws IOException {
        JsonNode expected = Fixture.json(name + "/expected.json");
        try (Gpt2Program program = load(name, kernels, WHOLE);
                NDManager manager = program.newManager()) {
            TokenBatch batch = batch(program, expected, Pooling.LAST_TOKEN);

            float[] logits = program.classify(batch.inputs(manager)).toFloatArray();

            assertThat(logits).usingComparatorWithPrecision(TOLERANCE).containsExactly(floats(expected, "logits"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kernels.class,
            names = {"BLAS", "ONEDNN"})
    void classifiesMorePositionsThanOneTileHolds(Kernels kernels) throws IOException {
        JsonNode expected = Fixture.json("sequence-classification/expected.json");
        int copies = 60;
        try (Gpt2Program program = load("sequence-classification", kernels, WHOLE);
                NDManager manager = program.newManager()) {
            List<Tokens> sequences = Collections.nCopies(copies, Fixture.sequences(expected.get("sequences"))).stream()
                    .flatMap(List::stream)
                    .toList();
            int context = program.config().context();
            TokenBatch batch = TokenBatch.of(sequences, Pooling.LAST_TOKEN, context, program.config());
            // The last tile is not full.
            int tile = Gpt2Source.TILE / program.config().inner();
            assertThat(batch.positions()).isGreaterThan(tile);
            assertThat(batch.positions() % tile).isPositive();

            float[] logits = program.classify(batch.inputs(manager)).toFloatArray();

            float[] once = floats(expected, "logits");
            float[] all = new float[copies * once.length];
            for (int copy = 0; copy < copies; copy++) {
                System.arraycopy(once, 0, all, copy * once.length, once.length);
            }
            assertThat(logits).usingComparatorWithPrecision(TOLERANCE).containsExactly(all);
        }
    }

    @ParameterizedTest
    @CsvSource({"PLAIN, 0", "PLAIN, 1", "PLAIN, 2", "BLAS, 1", "BLAS, 2", "ONEDNN, 1", "ONEDNN, 2"})
    void classifiesInTwoPartsTheSame(Kernels kernels, int split) throws IOException {
        JsonNode expected = Fixture.json("sequence-classification/expected.json");
        try (Gpt2Program lower = load("sequence-classification", kernels, ModelPart.below(split));
                Gpt2Program upper = load("sequence-classification", Kernels.PLAIN, new ModelPart(split, LAYERS, true));
                NDManager manager = upper.newManager()) {
            TokenBatch batch = batch(upper, expected, Pooling.LAST_TOKEN);

            NDList inputs = batch.inputs(manager);
            float[] logits = upper.classify(split == 0 ? inputs : batch.inputs(lower.hidden(inputs), manager))
                    .toFloatArray();

            assertThat(logits).usingComparatorWithPrecision(TOLERANCE).containsExactly(floats(expected, "logits"));
        }
    }

    @ParameterizedTest
    @CsvSource({"BF16, 0.15", "INT8, 0.15"})
    void staysCloseInFewerBits(Precision precision, float tolerance) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(Fixture.checkpoint("sequence-classification"));
        try (Gpt2Program program = Gpt2Program.forInference(checkpoint, Device.cpu(), precision)) {
            assertClose(program, tolerance);
        }
    }

    /** Where libtorch has no oneDNN. */
    @Test
    void staysCloseInBfloat16WithBlas() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(Fixture.checkpoint("sequence-classification"));
        try (Gpt2Program program =
                Gpt2Program.load(checkpoint, Device.cpu(), Precision.BF16, Kernels.BLAS, WHOLE, null, Map.of())) {
            assertClose(program, 0.15f);
        }
    }

    private static void assertClose(Gpt2Program program, float tolerance) throws IOException {
        JsonNode expected = Fixture.json("sequence-classification/expected.json");
        float[] reference = floats(expected, "logits");
        try (NDManager manager = program.newManager()) {
            TokenBatch batch = batch(program, expected, Pooling.LAST_TOKEN);

            float[] logits = program.classify(batch.inputs(manager)).toFloatArray();

            assertThat(logits).usingComparatorWithPrecision(tolerance).containsExactly(reference);
            // It is another way to compute them.
            assertThat(logits).isNotEqualTo(reference);
        }
    }

    @Test
    void readsTheLastPositionWhereAsked() throws IOException {
        JsonNode expected = Fixture.json("sequence-classification/expected.json");
        try (Gpt2Program program = load("sequence-classification", Kernels.PLAIN, WHOLE);
                NDManager manager = program.newManager()) {
            TokenBatch batch = batch(program, expected, Pooling.LAST_POSITION);

            float[] logits = program.classify(batch.inputs(manager)).toFloatArray();

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
        try (Gpt2Program program = load("sequence-classification", Kernels.PLAIN, ModelPart.below(1));
                NDManager manager = program.newManager()) {
            TokenBatch batch = TokenBatch.of(List.of(Tokens.of(ids)), Pooling.LAST_TOKEN, ids.length, program.config());

            float[] values = program.hidden(batch.inputs(manager)).toFloatArray();

            assertThat(values).usingComparatorWithPrecision(TOLERANCE).containsExactly(floats(hidden, "values"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"language-model", "language-model-unprefixed"})
    void modelsLanguageAsTransformersDoes(String name) throws IOException {
        JsonNode expected = Fixture.json(name + "/expected.json");
        try (Gpt2Program program = load(name, Kernels.PLAIN, WHOLE);
                NDManager manager = program.newManager()) {
            TokenBatch batch = batch(program, expected, Pooling.LAST_TOKEN);

            float[] logits = program.languageModel(batch.inputs(manager)).toFloatArray();

            assertThat(logits).usingComparatorWithPrecision(TOLERANCE).containsExactly(floats(expected, "logits"));
        }
    }

    private static Gpt2Program load(String name, Kernels kernels, ModelPart part) throws IOException {
        return Gpt2Program.load(
                Checkpoint.open(Fixture.checkpoint(name)), Device.cpu(), Precision.FP32, kernels, part, null, Map.of());
    }

    private static TokenBatch batch(Gpt2Program program, JsonNode expected, Pooling pooling) {
        List<Tokens> sequences = Fixture.sequences(expected.get("sequences"));
        return TokenBatch.of(sequences, pooling, program.config().context(), program.config());
    }

    private static float[] floats(JsonNode node, String field) {
        return Fixture.floats(node.get(field));
    }
}
