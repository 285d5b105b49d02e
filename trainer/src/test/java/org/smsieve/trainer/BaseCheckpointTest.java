package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.Sha256;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.command.UserException;
import org.smsieve.download.Downloader;
import org.smsieve.download.Patience;
import org.smsieve.download.ScriptedServer;
import org.smsieve.download.Site;

/** Published checkpoints from a server of the test's, which has a tiny one. */
class BaseCheckpointTest {
    private static final Gpt2Config TINY = new Gpt2Config(160, 16, 8, 2, 2, 32, 1e-5, List.of());
    private static final String PATH = "/openai-community/tiny/resolve/abc123/model.safetensors";

    @TempDir
    private Path directory;

    private Path cached;
    private byte[] weights;

    @BeforeEach
    void makeTheCheckpoint() throws IOException {
        Path published = Files.createDirectory(directory.resolve("published"));
        RandomWeights.checkpoint(TINY, 1).write(published, TensorType.F32);
        weights = Files.readAllBytes(published.resolve(Checkpoint.WEIGHTS_FILE));
        cached = directory.resolve("cache/models/tiny/abc123").resolve(Checkpoint.WEIGHTS_FILE);
    }

    @Test
    void fetchesAPublishedCheckpointOnce() throws IOException {
        try (ScriptedServer server = serving(weights)) {
            BaseCheckpoint base = BaseCheckpoint.of("tiny", List.of("ham", "spam"), 1, models(server));

            assertThat(base.checkpoint().config()).isEqualTo(TINY.withLabels(List.of("ham", "spam")));
            assertThat(base.checkpoint().tensor("wte.weight").values())
                    .isEqualTo(RandomWeights.checkpoint(TINY, 1)
                            .tensor("wte.weight")
                            .values());
            assertThat(base.checkpoint().tensor("score.weight").shape()).containsExactly(2, 8);
            assertThat(base.origin().name()).isEqualTo("openai-community/tiny@abc123");
            assertThat(base.origin().sha256()).isEqualTo(Sha256.of(weights));

            BaseCheckpoint.of("tiny", List.of(), 1, models(server));

            assertThat(server.requests())
                    .extracting(ScriptedServer.Request::target)
                    .containsExactly(PATH);
        }
        assertThat(cached).hasBinaryContent(weights);
    }

    @Test
    void isALanguageModelWithoutLabels() throws IOException {
        PretrainedModels none = new PretrainedModels(List.of(), new Site("http://127.0.0.1:1"), directory, null);
        Path classifier = Files.createDirectory(directory.resolve("classifier"));
        RandomWeights.checkpoint(TINY.withLabels(List.of("a", "b")), 1).write(classifier, TensorType.F32);

        assertThat(BaseCheckpoint.of(classifier.toString(), List.of(), 1, none)
                        .checkpoint()
                        .config())
                .isEqualTo(TINY);
        assertThat(BaseCheckpoint.of("mini", List.of(), 1, none).checkpoint().config())
                .isEqualTo(Gpt2Config.mini());
    }

    @Test
    void usesWhatTheUserBrought() throws IOException {
        Files.createDirectories(cached.getParent());
        Files.write(cached, weights);

        assertThat(BaseCheckpoint.of("tiny", List.of(), 1, offline())
                        .checkpoint()
                        .config())
                .isEqualTo(TINY);
    }

    @Test
    void fetchesADamagedFileAnew() throws IOException {
        Files.createDirectories(cached.getParent());
        byte[] damaged = weights.clone();
        damaged[damaged.length - 1] ^= 1;
        Files.write(cached, damaged);
        try (ScriptedServer server = serving(weights)) {
            BaseCheckpoint.of("tiny", List.of(), 1, models(server));
        }

        assertThat(cached).hasBinaryContent(weights);
    }

    @Test
    void keepsAnotherFileUntilTheRightOneIsThere() throws IOException {
        Files.createDirectories(cached.getParent());
        byte[] brought = "of another revision".getBytes(StandardCharsets.UTF_8);
        Files.write(cached, brought);
        PretrainedModels offline = offline();

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> BaseCheckpoint.of("tiny", List.of(), 1, offline))
                .withMessageEndingWith("or put that file at " + cached + " in place of the one there, of sha256 "
                        + Sha256.of(brought) + " (expected: " + Sha256.of(weights) + ")");

        assertThat(cached).hasBinaryContent(brought);
    }

    @Test
    void refusesOtherWeights() throws IOException {
        byte[] other = weights.clone();
        other[other.length - 1] ^= 1;
        try (ScriptedServer server = serving(other)) {
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> BaseCheckpoint.of("tiny", List.of(), 1, models(server)))
                    .withMessageContaining("sha256 " + Sha256.of(other) + " (expected: " + Sha256.of(weights));
        }
        assertThat(cached).doesNotExist();
    }

    @Test
    void saysWhichFileToPutWhereIfItCannotBeHad() throws IOException {
        PretrainedModels offline = offline();

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> BaseCheckpoint.of("tiny", List.of(), 1, offline))
                .withMessageStartingWith("base: tiny: " + offline.site().at(PATH) + ": 127.0.0.1, or where")
                .withMessageContaining("set SMSIEVE_HF_MIRROR to a mirror of https://huggingface.co")
                .withMessageEndingWith("or put that file at " + cached)
                .withMessageNotContaining("\n");
    }

    @Test
    void knowsTheSizesOfGpt2() {
        // As published, for those whose size is on record.
        assertThat(release("gpt2").maxBytes()).isBetween(548_105_171L, 548_105_171L + (1 << 20));
        assertThat(release("gpt2-medium").maxBytes()).isBetween(1_519_984_962L, 1_519_984_962L + (1 << 20));
        assertThat(Gpt2Release.ALL.stream().map(this::weights))
                .containsExactly(124_439_808L, 354_823_168L, 774_030_080L, 1_557_611_200L);
        assertThat(release("gpt2").path())
                .isEqualTo("/openai-community/gpt2/resolve/607a30d783dfa663caf39e06633721c8d4cfcd7e/model.safetensors");
    }

    private long weights(Gpt2Release release) {
        return release.config().parameters().values().stream()
                .mapToLong(shape -> shape.stream().reduce(1L, Math::multiplyExact))
                .sum();
    }

    private static Gpt2Release release(String name) {
        return PretrainedModels.ofUser().find(name).orElseThrow();
    }

    private static ScriptedServer serving(byte[] content) throws IOException {
        return new ScriptedServer(ScriptedServer.file(content, "\"one\""));
    }

    /** Models whose server has just gone. */
    private PretrainedModels offline() throws IOException {
        try (ScriptedServer gone = serving(weights)) {
            return models(gone);
        }
    }

    private PretrainedModels models(ScriptedServer server) {
        Patience patience = new Patience(Duration.ofSeconds(20), Duration.ofSeconds(20), 2, Duration.ofMillis(1));
        return new PretrainedModels(
                List.of(new Gpt2Release("tiny", "abc123", Sha256.of(weights), TINY)),
                new Site(server.address("").toString()),
                directory.resolve("cache"),
                new Downloader(patience));
    }
}
