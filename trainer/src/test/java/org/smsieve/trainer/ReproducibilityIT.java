package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.text.Tokenizer;

/** Two trainings with the same seed, each in a process of its own: the order of some of Java's maps differs in each. */
class ReproducibilityIT {
    /** Files that state how long something took. */
    private static final Set<String> TIMED = Set.of("smsieve.json", "report.json", "report.md");

    @TempDir
    private Path directory;

    @BeforeEach
    void makeDataAndBase() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append("ham\tsee you at ").append(i);
            rows.append("\nspam\twin a prize of ").append(i);
            rows.append("\npromo\tshoes for ").append(i);
            rows.append("\nbank\tyour code is ").append(i);
            rows.append("\npost\tparcel number ").append(i).append('\n');
        }
        Files.writeString(directory.resolve("messages.tsv"), rows);
        RandomWeights.checkpoint(new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 32, 16, 2, 2, 64, 1e-5, List.of()), 1)
                .write(Files.createDirectory(directory.resolve("base")), TensorType.F32);
    }

    @Test
    void writesTheSameBundleButForTimes() throws Exception {
        Path first = train("first");
        Path second = train("second");

        assertThat(names(second)).isEqualTo(names(first)).containsAll(TIMED).contains("README.md", "model.safetensors");
        for (String name : names(first)) {
            if (!TIMED.contains(name)) {
                assertThat(second.resolve(name)).hasSameBinaryContentAs(first.resolve(name));
            }
        }
        assertThat(manifest(second)).isEqualTo(manifest(first));
        assertThat(report(second)).isEqualTo(report(first));
        assertThat(page(second)).isEqualTo(page(first)).isNotEmpty();
    }

    private static List<String> names(Path bundle) throws IOException {
        try (Stream<Path> files = Files.list(bundle)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String manifest(Path bundle) throws IOException {
        ObjectNode manifest = json(bundle.resolve("smsieve.json"));
        assertThat(manifest.remove("created")).isNotNull();
        // A salted order is the same twice now and then.
        assertThat(manifest.at("/hyperParameters/classWeights").fieldNames())
                .toIterable()
                .containsExactly("bank", "ham", "post", "promo", "spam");
        ObjectNode files = (ObjectNode) manifest.get("files");
        assertThat(files.remove("report.json")).isNotNull();
        assertThat(files.remove("report.md")).isNotNull();
        return manifest.toString();
    }

    private static String report(Path bundle) throws IOException {
        ObjectNode report = json(bundle.resolve("report.json"));
        assertThat(report.remove("seconds")).isNotNull();
        return report.toString();
    }

    private static List<String> page(Path bundle) throws IOException {
        return Files.readAllLines(bundle.resolve("report.md")).stream()
                .filter(line -> !line.startsWith("| seconds "))
                .toList();
    }

    /** As text, objects are equal only if their members are in the same order. */
    private static ObjectNode json(Path file) throws IOException {
        JsonNode read = new JsonMapper().readTree(file.toFile());
        return (ObjectNode) read;
    }

    private Path train(String name) throws IOException, InterruptedException {
        Path place = Files.createDirectory(directory.resolve(name));
        Path told = directory.resolve(name + ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "train",
                        "--base=../base",
                        "--data=../messages.tsv",
                        "--output=model",
                        "--model-version=1",
                        "--epochs=2",
                        "--batch-size=8",
                        "--dropout=0.1",
                        "--trainable=last-block",
                        "--precision=fp32")
                .directory(place.toFile())
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(told)).isZero();
        } finally {
            process.destroyForcibly();
        }
        return place.resolve("model");
    }
}
