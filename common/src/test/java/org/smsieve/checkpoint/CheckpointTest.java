package org.smsieve.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.smsieve.parity.Fixture;

class CheckpointTest {
    /** Kept after the tests: src/test/python/check_bundle.py opens it with transformers. */
    private static final Path WRITTEN = Path.of("target", "written-checkpoint");

    @TempDir
    private Path directory;

    @Test
    void readsTheConfigurationOfTransformers() throws IOException {
        Gpt2Config config =
                Checkpoint.open(Fixture.checkpoint("sequence-classification")).config();

        assertThat(config).isEqualTo(new Gpt2Config(160, 64, 32, 2, 4, 128, 1e-5, List.of("ham", "spam", "promo")));
    }

    @Test
    void readsNamesWithAndWithoutThePrefix() throws IOException {
        Checkpoint prefixed = Checkpoint.open(Fixture.checkpoint("language-model"));
        Checkpoint unprefixed = Checkpoint.open(Fixture.checkpoint("language-model-unprefixed"));

        for (String name : prefixed.config().parameters().keySet()) {
            assertThat(unprefixed.tensor(name).values())
                    .isEqualTo(prefixed.tensor(name).values());
        }
    }

    @Test
    void writesWhatItRead() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(Fixture.checkpoint("sequence-classification"));
        Files.createDirectories(WRITTEN);

        checkpoint.write(WRITTEN, TensorType.F32);

        Checkpoint read = Checkpoint.open(WRITTEN);
        assertThat(read.config()).isEqualTo(checkpoint.config());
        for (String name : read.config().parameters().keySet()) {
            assertThat(read.tensor(name).values())
                    .isEqualTo(checkpoint.tensor(name).values());
        }
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void storesWhatRoundingForetells(TensorType type) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(Fixture.checkpoint("sequence-classification"));

        checkpoint.write(directory, type);

        Checkpoint read = Checkpoint.open(directory);
        for (String name : read.config().parameters().keySet()) {
            assertThat(read.tensor(name).values())
                    .isEqualTo(checkpoint.rounded(type).tensor(name).values());
        }
    }

    @Test
    void keepsAHeadOfTheSameLabelsAndMakesANewOneForOthers() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(Fixture.checkpoint("sequence-classification"));

        Checkpoint same = checkpoint.withLabels(List.of("ham", "spam", "promo"), 1);
        Checkpoint other = checkpoint.withLabels(List.of("no", "yes"), 1);

        assertThat(same.tensor("score.weight").values())
                .isEqualTo(checkpoint.tensor("score.weight").values());
        assertThat(other.tensor("score.weight").shape()).containsExactly(2, 32);
        assertThat(other.tensor("ln_f.bias").values())
                .isEqualTo(checkpoint.tensor("ln_f.bias").values());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"n_head\": 4 | \"n_head\": 5 | n_head",
                "\"n_layer\": 2 | \"n_layer\": 3 | h.2.ln_1.weight: missing",
                "\"n_layer\": 2 | \"n_layer\": 1 | not a tensor of 1 blocks",
                "\"n_layer\": 2 | \"n_layer\": 2000000000 | n_layer",
                "\"n_embd\": 32 | \"n_embd\": 64 | shape",
                "\"n_embd\": 32 | \"n_embd\": \"32\" | n_embd",
                "\"vocab_size\": 160 | \"vocab_size\": 161 | wte.weight",
                "\"model_type\": \"gpt2\" | \"model_type\": \"llama\" | model_type",
                "\"gelu_new\" | \"relu\" | activation_function",
                "\"1\": \"spam\" | \"7\": \"spam\" | id2label",
                "\"1\": \"spam\" | \"1\": \"ham\" | id2label",
                "{ | [{ | not JSON"
            })
    void refusesAConfigurationThatDoesNotFit(String from, String to, String fault) throws IOException {
        Path fixture = Fixture.checkpoint("sequence-classification");
        String config = Files.readString(fixture.resolve(Checkpoint.CONFIG_FILE));
        assertThat(config).contains(from);
        Files.writeString(directory.resolve(Checkpoint.CONFIG_FILE), config.replaceFirst("\\Q" + from + "\\E", to));
        Files.copy(fixture.resolve(Checkpoint.WEIGHTS_FILE), directory.resolve(Checkpoint.WEIGHTS_FILE));

        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(directory.toString())
                .hasMessageContaining(fault);
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(Checkpoint.CONFIG_FILE)
                .hasCauseInstanceOf(NoSuchFileException.class);
        Files.copy(
                Fixture.checkpoint("language-model").resolve(Checkpoint.CONFIG_FILE),
                directory.resolve(Checkpoint.CONFIG_FILE));
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(Checkpoint.WEIGHTS_FILE);
    }

    @Test
    void refusesAHugeConfiguration() throws IOException {
        Files.write(
                directory.resolve(Checkpoint.CONFIG_FILE), " ".repeat(2 << 20).getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining("length");
    }

    @Test
    void drawsTheSameRandomWeightsForTheSameSeed() throws IOException {
        Gpt2Config config = new Gpt2Config(100, 16, 8, 2, 2, 32, 1e-5, List.of("a", "b"));

        float[] first = RandomWeights.checkpoint(config, 7).tensor("wte.weight").values();

        assertThat(RandomWeights.checkpoint(config, 7).tensor("wte.weight").values())
                .isEqualTo(first);
        assertThat(RandomWeights.checkpoint(config, 8).tensor("wte.weight").values())
                .isNotEqualTo(first);
        double square = 0;
        for (float value : first) {
            square += value * value;
        }
        assertThat(Math.sqrt(square / first.length)).isBetween(0.018, 0.022);
    }
}
