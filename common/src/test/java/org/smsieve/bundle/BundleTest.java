package org.smsieve.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Pooling;
import org.smsieve.text.Tokenizer;

class BundleTest {
    private static final Checkpoint CHECKPOINT = RandomWeights.checkpoint(
            new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 16, 4, 1, 2, 8, 1e-5, List.of("ham", "spam")), 1);

    private static final String[] FILES = {"README.md", "config.json", "model.safetensors"};

    @TempDir
    private Path directory;

    @Test
    void readsWhatItWrote() throws IOException {
        Path output = directory.resolve("a").resolve("bundle");

        write(output);

        Bundle bundle = Bundle.open(output);
        assertThat(bundle.manifest()).isEqualTo(manifest(bundle.manifest().files()));
        assertThat(bundle.manifest().files()).containsOnlyKeys(FILES);
        assertThat(bundle.checkpoint().config()).isEqualTo(CHECKPOINT.config());
    }

    @Test
    void leavesNothingBesideTheBundle() throws IOException {
        Path output = directory.resolve("bundle");

        write(output);
        write(output);

        assertThat(directory).isDirectoryContaining(path -> path.equals(output));
        assertThat(names(directory)).containsExactly("bundle");
    }

    @Test
    void leavesNothingWhenItIsNotCommitted() throws IOException {
        try (BundleWriter writer = BundleWriter.begin(directory.resolve("bundle"))) {
            Files.writeString(writer.directory().resolve("README.md"), "x");
        }

        assertThat(names(directory)).isEmpty();
    }

    @Test
    void letsOneAtATimeWriteABundle() throws IOException {
        Path output = directory.resolve("bundle");
        try (BundleWriter first = BundleWriter.begin(output)) {
            assertThatThrownBy(() -> BundleWriter.begin(output))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("another process");

            assertThat(first.directory()).exists();
        }
        write(output);

        assertThat(names(directory)).containsExactly("bundle");
    }

    @Test
    void cleansUpAfterAProcessThatWasKilledWhileItWrote() throws IOException {
        Path output = directory.resolve("bundle");
        Path left = Files.createDirectories(directory.resolve(".bundle.partial").resolve("new"));
        Files.writeString(left.resolve("model.safetensors"), "half");

        write(output);

        assertThat(names(directory)).containsExactly("bundle");
        assertThat(Bundle.open(output).manifest().files()).containsOnlyKeys(FILES);
    }

    @Test
    void putsTheOldBundleBackAfterAProcessThatWasKilledWhileItReplacedIt() throws IOException {
        Path output = directory.resolve("bundle");
        write(output);
        Path left = Files.createDirectory(directory.resolve(".bundle.partial"));
        Files.move(output, left.resolve("old"));

        BundleWriter.begin(output).close();

        assertThat(names(directory)).containsExactly("bundle");
        assertThat(Bundle.open(output).manifest().files()).containsOnlyKeys(FILES);
    }

    @Test
    void keepsTheOldBundleWhereTheNewOneIsNotCommitted() throws IOException {
        Path output = directory.resolve("bundle");
        write(output);

        assertThatThrownBy(() -> {
                    try (BundleWriter writer = BundleWriter.begin(output)) {
                        writer.commit(CHECKPOINT, TensorType.F32, files -> {
                            throw new IllegalArgumentException("no manifest");
                        });
                    }
                })
                .hasMessage("no manifest");

        assertThat(names(directory)).containsExactly("bundle");
        assertThat(Bundle.open(output).manifest().files()).containsOnlyKeys(FILES);
    }

    @Test
    void replacesNoBundleWithFilesOfTheUsers() throws IOException {
        Path output = directory.resolve("bundle");
        write(output);
        Files.writeString(output.resolve("notes.txt"), "mine");

        assertThatThrownBy(() -> BundleWriter.begin(output)).isInstanceOf(UserException.class);
        assertThat(output.resolve("notes.txt")).exists();
    }

    @Test
    void refusesAnEmptyManifest() throws IOException {
        write(directory);
        Files.writeString(directory.resolve(Bundle.MANIFEST_FILE), "null");

        assertThatThrownBy(() -> Bundle.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(Bundle.MANIFEST_FILE);
    }

    @Test
    void replacesNothingButABundle() throws IOException {
        Files.writeString(directory.resolve("letter.txt"), "dear");

        assertThatThrownBy(() -> BundleWriter.begin(directory)).isInstanceOf(UserException.class);
        assertThat(names(directory)).containsExactly("letter.txt");
    }

    @ParameterizedTest
    @CsvSource({"config.json", "model.safetensors", "README.md"})
    void refusesAFileThatWasChanged(String file) throws IOException {
        write(directory);
        byte[] bytes = Files.readAllBytes(directory.resolve(file));
        bytes[bytes.length - 2] ^= 1;
        Files.write(directory.resolve(file), bytes);

        assertThatThrownBy(() -> Bundle.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file)
                .hasMessageContaining("sha256");
    }

    @Test
    void refusesAFileThatIsGone() throws IOException {
        write(directory);
        Files.delete(directory.resolve("README.md"));

        assertThatThrownBy(() -> Bundle.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("README.md: no such file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"README.md\" | \"../README.md\" | files",
                "\"README.md\" | \"/etc/passwd\" | files",
                "\"name\" : \"test\" | \"name\" : \"../test\" | name",
                "\"version\" : \"1\" | \"version\" : \"\" | version",
                "[ \"ham\" | [ \"eggs\" | labels",
                "\"maxTokens\" : 16 | \"maxTokens\" : 17 | maxTokens",
                "\"maxTokens\" : 16 | \"maxTokens\" : 0 | maxTokens",
                "\"last-token\" | \"first-token\" | pooling",
                "\"probability\" : 0.9 | \"probability\" : 1.9 | decisionThreshold",
                "{ | {{ | smsieve.json"
            })
    void refusesAManifestThatDoesNotHold(String from, String to, String fault) throws IOException {
        write(directory);
        Path file = directory.resolve(Bundle.MANIFEST_FILE);
        String manifest = Files.readString(file);
        assertThat(manifest).contains(from);
        Files.writeString(file, manifest.replaceFirst("\\Q" + from + "\\E", to));

        assertThatThrownBy(() -> Bundle.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(fault);
    }

    @Test
    void servesACheckpointWithoutAManifest() throws IOException {
        CHECKPOINT.write(directory, TensorType.F16);

        Bundle bundle = Bundle.open(directory);

        assertThat(bundle.manifest().labels()).containsExactly("ham", "spam");
        assertThat(bundle.manifest().maxTokens()).isEqualTo(16);
        assertThat(bundle.manifest().version()).hasSize(12);
    }

    @Test
    void refusesALanguageModel() throws IOException {
        CHECKPOINT.withLabels(List.of(), 0).write(directory, TensorType.F32);

        assertThatThrownBy(() -> Bundle.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("GPT2ForSequenceClassification");
    }

    private static void write(Path output) throws IOException {
        try (BundleWriter writer = BundleWriter.begin(output)) {
            Files.writeString(writer.directory().resolve(Bundle.CARD_FILE), "A model.\n");
            writer.commit(CHECKPOINT, TensorType.F32, BundleTest::manifest);
        }
    }

    private static Manifest manifest(Map<String, String> files) {
        return new Manifest(
                "test",
                "1",
                Instant.parse("2026-01-02T03:04:05Z"),
                List.of("ham", "spam"),
                Pooling.LAST_TOKEN,
                16,
                new DecisionThreshold("spam", 0.9),
                "fp32",
                new Origin("random", null),
                new Origin("data.tsv", "00"),
                123,
                Map.of("epochs", 5),
                Map.of("test", Map.of("accuracy", 0.5)),
                files,
                List.of(new GoldenExample("hi", List.of(0.25, -1.5))));
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
