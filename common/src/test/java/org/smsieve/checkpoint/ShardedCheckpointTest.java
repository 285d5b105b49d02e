package org.smsieve.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.Sha256;
import org.smsieve.parity.Fixture;
import org.smsieve.text.Tokenizer;

/** A checkpoint cut into two shards, as Hugging Face transformers writes large ones. */
class ShardedCheckpointTest {
    private static final String INDEX = "model.safetensors.index.json";
    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    private Path directory;

    @BeforeEach
    void cut() throws IOException {
        cut("sequence-classification", TensorType.F32);
    }

    @ParameterizedTest
    @CsvSource({"sequence-classification-half, F16", "sequence-classification-bfloat16, BF16", "language-model, F32"})
    void readsWhatTheWholeHolds(String fixture, TensorType type) throws IOException {
        cut(fixture, type);

        Checkpoint checkpoint = Checkpoint.open(directory);

        Checkpoint whole = Checkpoint.open(Fixture.checkpoint(fixture));
        assertThat(checkpoint.config()).isEqualTo(whole.config());
        for (String name : whole.config().parameters().keySet()) {
            assertThat(checkpoint.tensor(name).values())
                    .isEqualTo(whole.tensor(name).values());
        }
    }

    @Test
    void hasTheChecksumOfWhatSha256sumPrints() throws IOException {
        StringBuilder printed = new StringBuilder();
        for (String name : new String[] {INDEX, FIRST, SECOND}) {
            printed.append(Sha256.of(directory.resolve(name)))
                    .append("  ")
                    .append(name)
                    .append('\n');
        }

        assertThat(Sha256.of(Checkpoint.weightFiles(directory)))
                .isEqualTo(Sha256.of(printed.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void isABundleWithoutAManifest(TensorType type) throws IOException {
        Gpt2Config config = new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 16, 4, 1, 2, 8, 1e-5, List.of("ham", "spam"));
        cut(RandomWeights.checkpoint(config, 1), type);

        Bundle bundle = Bundle.open(directory);

        assertThat(bundle.manifest().version())
                .isEqualTo(Sha256.of(Checkpoint.weightFiles(directory)).substring(0, 12));
        assertThat(bundle.checkpoint().tensor("score.weight").shape()).containsExactly(2, 4);
    }

    @Test
    void prefersTheWholeAsTransformersDoes() throws IOException {
        Checkpoint other = RandomWeights.checkpoint(Checkpoint.open(directory).config(), 9);
        other.write(directory, TensorType.F32);

        assertThat(Checkpoint.open(directory).tensor("ln_f.weight").values())
                .isEqualTo(other.tensor("ln_f.weight").values());
        assertThat(Checkpoint.weightFiles(directory)).containsExactly(directory.resolve(Checkpoint.WEIGHTS_FILE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                FIRST + " | ../" + FIRST + " | expected: the name of a .safetensors file",
                FIRST + " | /etc/" + FIRST + " | expected: the name of a .safetensors file",
                FIRST + " | sub\\\\" + FIRST + " | expected: the name of a .safetensors file",
                FIRST + " | config.json | expected: the name of a .safetensors file",
                FIRST + " | '' | expected: the name of a .safetensors file",
                FIRST
                        + " | model-00003-of-00002.safetensors | model-00003-of-00002.safetensors: no such file, but named",
                "transformer.wte.weight | wte.weight | wte.weight: missing, but said to be there",
                "transformer.wte.weight | transformer.x.weight | " + INDEX + ": wte.weight: missing",
                "transformer.wte.weight | wpe.weight | stands there twice",
                "weight_map | weights | weight_map: (expected: an object",
                "{ | [{ | not JSON",
                "transformer.wte.weight | transformer.wpe.weight | not JSON: Duplicate"
            })
    void refusesAnIndexThatIsNotSound(String from, String to, String fault) throws IOException {
        Path index = directory.resolve(INDEX);
        String json = Files.readString(index);
        assertThat(json).contains(from);
        Files.writeString(index, json.replace(from, to));

        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(directory.toString())
                .hasMessageContaining(fault);
    }

    @Test
    void refusesATensorInAnotherShardThanTheIndexSays() throws IOException {
        Files.copy(directory.resolve(SECOND), directory.resolve(FIRST), StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(FIRST)
                .hasMessageContaining("missing, but said to be there by " + INDEX);
    }

    @Test
    void refusesAHugeIndex() throws IOException {
        Files.write(directory.resolve(INDEX), " ".repeat(2 << 20).getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining(INDEX + ": length");
    }

    private void cut(String fixture, TensorType type) throws IOException {
        cut(Checkpoint.open(Fixture.checkpoint(fixture)), type);
    }

    /** Writes every other tensor into the first shard and the rest into the second. */
    private void cut(Checkpoint checkpoint, TensorType type) throws IOException {
        checkpoint.write(directory, type);
        Files.delete(directory.resolve(Checkpoint.WEIGHTS_FILE));
        JsonMapper json = new JsonMapper();
        ObjectNode index = json.createObjectNode();
        index.putObject("metadata").put("total_size", 1);
        ObjectNode weightMap = index.putObject("weight_map");
        Map<String, Map<String, Tensor>> shards = new LinkedHashMap<>();
        int i = 0;
        for (String name : checkpoint.config().parameters().keySet()) {
            String stored = name.startsWith("score.") ? name : "transformer." + name;
            String shard = List.of(FIRST, SECOND).get(i++ % 2);
            weightMap.put(stored, shard);
            shards.computeIfAbsent(shard, s -> new LinkedHashMap<>()).put(stored, checkpoint.tensor(name));
        }
        for (Map.Entry<String, Map<String, Tensor>> shard : shards.entrySet()) {
            SafetensorsTest.write(directory.resolve(shard.getKey()), shard.getValue(), type);
        }
        json.writeValue(directory.resolve(INDEX).toFile(), index);
    }
}
