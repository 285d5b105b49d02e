package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smsieve.bundle.Bundle;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.text.Tokenizer;

/** Commands in a process of their own, ended in their midst as a user or a machine ends them. */
class InterruptionIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private Path err;
    private Process process;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void makeDataAndBase() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            rows.append("ham\tsee you at ").append(i);
            rows.append("\nspam\twin a prize of ").append(i).append('\n');
        }
        Files.writeString(directory.resolve("messages.tsv"), rows);
        RandomWeights.checkpoint(new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 32, 16, 2, 2, 64, 1e-5, List.of()), 1)
                .write(Files.createDirectory(directory.resolve("base")), TensorType.F32);
        err = directory.resolve("err.txt");
    }

    @AfterEach
    void endProcesses() {
        started.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void leavesNothingOfAnInterruptedTraining(String signal, int exitCode) throws Exception {
        train(1_000_000);
        awaitEpoch(2);
        assertThat(names()).contains(".model.partial");

        send(signal);

        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(exitCode);
        assertThat(names()).containsExactlyInAnyOrder("messages.tsv", "base", "out.txt", "err.txt");
        assertThat(Files.readString(err).lines().filter(line -> line.startsWith("smsieve: ")))
                .containsExactly("smsieve: interrupted; nothing was written to " + directory.resolve("model"));
    }

    @Test
    void keepsTheBundleThatAnInterruptedTrainingWasToReplace() throws Exception {
        train(1);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        byte[] manifest = Files.readAllBytes(directory.resolve("model").resolve(Bundle.MANIFEST_FILE));

        train(1_000_000);
        awaitEpoch(1);
        send("TERM");

        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(names()).doesNotContain(".model.partial");
        assertThat(directory.resolve("model").resolve(Bundle.MANIFEST_FILE)).hasBinaryContent(manifest);
        assertThat(Bundle.open(directory.resolve("model")).manifest().labels()).containsExactly("ham", "spam");
    }

    @Test
    void letsTheNextTrainingCleanUpAfterAKilledOne() throws Exception {
        train(1_000_000);
        awaitEpoch(1);
        Process killed = process;
        train(1);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readString(err)).contains("is being written by another process");
        assertThat(killed.isAlive()).isTrue();

        killed.destroyForcibly().waitFor();
        assertThat(names()).contains(".model.partial").doesNotContain("model");
        train(1);

        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        assertThat(names()).contains("model").doesNotContain(".model.partial");
    }

    @Test
    void writesNoDataWhenPreparingIsInterrupted() throws Exception {
        Path pipe = directory.resolve("pipe.tsv");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        run(
                "prepare",
                "--data",
                pipe.toString(),
                "--output",
                directory.resolve("split").toString());
        // Opens when the process reads.
        try (OutputStream end = Files.newOutputStream(pipe)) {
            end.write('h');
            send("TERM");

            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(143);
        assertThat(names()).doesNotContain("split");
        assertThat(Files.readString(err).strip())
                .isEqualTo("smsieve: interrupted; nothing was written to " + directory.resolve("split"));
    }

    private void train(int epochs) throws IOException {
        run(
                "train",
                "--base",
                directory.resolve("base").toString(),
                "--data",
                directory.resolve("messages.tsv").toString(),
                "--output",
                directory.resolve("model").toString(),
                "--trainable",
                "all",
                "--epochs",
                Integer.toString(epochs));
    }

    private void run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        if (!works(command)) {
            // Where env is not GNU's: then the tests must not run with SIGINT ignored, as after "&" in a script.
            command.clear();
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out.txt").toFile())
                .redirectError(err.toFile())
                .start();
        started.add(process);
    }

    private static boolean works(List<String> prefix) throws IOException {
        try {
            List<String> command = new ArrayList<>(prefix);
            command.add("true");
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitEpoch(int epoch) throws IOException, InterruptedException {
        Instant limit = Instant.now().plus(LIMIT);
        while (!Files.readString(directory.resolve("out.txt")).contains("epoch " + epoch + " ")) {
            assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
            assertThat(Instant.now()).isBefore(limit);
            Thread.sleep(50);
        }
    }

    private void send(String signal) throws IOException, InterruptedException {
        String pid = Long.toString(process.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
