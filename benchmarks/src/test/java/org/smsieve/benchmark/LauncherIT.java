package org.smsieve.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.benchmark.Launcher.Result;
import org.smsieve.fixture.Programs;

/** The launcher of a checkout: its help, its errors and what the commands do, with real processes. */
class LauncherIT {
    @TempDir
    private Path directory;

    @Test
    void helpsWithEveryCommandOfTheReadme() throws Exception {
        Set<String> commands = new TreeSet<>();
        Matcher matcher =
                Pattern.compile("\\./smsieve ([a-z]+)").matcher(Files.readString(Launcher.ROOT.resolve("README.md")));
        while (matcher.find()) {
            commands.add(matcher.group(1));
        }
        assertThat(commands)
                .contains(
                        "demo",
                        "stream",
                        "classify",
                        "prepare",
                        "train",
                        "evaluate",
                        "generate",
                        "models",
                        "benchmark");
        String usage = run("--help").out();
        assertThat(usage).contains("SMSIEVE_CACHE", "SMSIEVE_HF_MIRROR", "SMSIEVE_UCI_MIRROR");
        for (String command : commands) {
            assertThat(usage).contains("  " + command + " ");
            Result help = run(command, "--help");
            assertThat(help.code()).as(command).isZero();
            assertThat(help.out()).startsWith("Usage: smsieve " + command);
        }
    }

    @Test
    void refusesWrongUsage() throws Exception {
        assertThat(run().code()).isEqualTo(2);
        assertThat(run("frobnicate").code()).isEqualTo(2);
        assertThat(run("frobnicate").err()).contains("frobnicate: no such command");
        assertThat(run("classify", "--frobnicate").code()).isEqualTo(2);
    }

    @Test
    void classifiesTheBooksTwoExamples() throws Exception {
        Result result = run(
                "classify",
                "You are a winner you have been specially selected to receive $1000 cash or a $2000 award.",
                "Hey, just wanted to check if we're still on for dinner tonight? Let me know!");

        assertThat(result.code()).as(result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("spam\t(0\\.[5-9]\\d{5}|1\\.000000)\tYou are a winner .*");
        assertThat(lines.get(1)).matches("ham\t0\\.[0-4]\\d{5}\tHey, just .*");
    }

    @Test
    void keepsEveryScriptWhateverTheLocale() throws Exception {
        Process process = new ProcessBuilder(
                        "env",
                        "-i",
                        "PATH=" + System.getenv("PATH"),
                        "HOME=" + System.getenv("HOME"),
                        "LC_ALL=C",
                        Launcher.ROOT.resolve("smsieve").toString(),
                        "classify",
                        "早上好 🎉")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(out).endsWith("\t早上好 🎉\n");
    }

    @Test
    void labelsAFileInTheDemo() throws Exception {
        Path file = directory.resolve("messages.txt");
        Files.writeString(file, "see you at eight\nWINNER! Call 09000000000 to claim your prize\n\nok\n".repeat(25));

        Result result = run("demo", "--once", "--kafka-port", "0", "--http-port", "0", "--messages", file.toString());

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(count(result.out(), "ham") + count(result.out(), "spam")).isEqualTo(100);
        assertThat(count(result.out(), "spam")).isGreaterThanOrEqualTo(25);
        assertThat(count(result.out(), "total")).isEqualTo(100);
    }

    @Test
    void servesKcatWhileTheDemoIsUp() throws Exception {
        Programs.require("kcat", "kcat");
        int port = Launcher.freePort();
        Path out = directory.resolve("out.txt");
        Process demo = Launcher.command("demo", "--kafka-port", Integer.toString(port), "--http-port", "0")
                .redirectOutput(out.toFile())
                .redirectError(directory.resolve("err.txt").toFile())
                .start();
        try {
            String broker = "localhost:" + port;
            Instant limit = Instant.now().plus(Launcher.LIMIT);
            Launcher.awaitLine(demo, out, "total .*");
            String text = "WINNER! Call 09000000000 now to claim your 1000 cash prize";

            kcat(text, "-b", broker, "-t", "sms-inbound", "-P", "-k", "me");
            String labelled = "";
            while (!labelled.contains(text) && Instant.now().isBefore(limit)) {
                labelled = kcat(
                        "", "-b", broker, "-t", "sms-spam", "-C", "-o", "beginning", "-e", "-q", "-f", "%k %h %s\n");
            }

            assertThat(labelled).contains("me smsieve.label=spam,smsieve.score=", text);
        } finally {
            demo.destroy();
            assertThat(demo.waitFor(Launcher.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        assertThat(demo.exitValue()).isZero();
    }

    @Test
    void preparesTrainsAndEvaluates() throws Exception {
        Path data = messages();
        String split = directory.resolve("split").toString();
        String model = directory.resolve("model").toString();

        assertThat(run("prepare", "--data", data.toString(), "--output", split).code())
                .isZero();
        Result trained = run("train", "--base", "mini", "--data", split, "--output", model, "--epochs", "2");
        assertThat(trained.code()).as(trained.err()).isZero();
        Result evaluated = run("evaluate", "--model", model, "--data", data.toString());

        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        assertThat(evaluated.out()).containsPattern("(?m)^.*\\bmodel\\b.*\\b60\\b.*\\d %");
        assertThat(run("classify", "--model", model, "win a prize of 7").out())
                .matches("(spam|ham)\t\\d\\.\\d{6}\t.*\n");
    }

    @Test
    void continuesAText() throws Exception {
        Result result = run("generate", "--base", "mini", "--prompt", "Every effort 🎉", "--max-new-tokens", "2");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).startsWith("Every effort 🎉").endsWith("\n");
    }

    @Test
    void measuresTrainingBesideTheBooksWay() throws Exception {
        Path data = messages();

        Result result =
                run("benchmark", "training", "--base", "mini", "--epochs", "1", "--data", data.toString(), "--json");

        assertThat(result.code()).as(result.err()).isZero();
        JsonNode figures = new JsonMapper().readTree(result.out());
        assertThat(figures.get("seconds").doubleValue()).isPositive();
        assertThat(figures.get("bookSeconds").doubleValue()).isPositive();
        assertThat(figures.get("bookCommand").textValue())
                .contains("--as-book", "--pooling last-position", "--no-cache", "--precision fp32");
        assertThat(figures.get("command").textValue())
                .contains("--as-book")
                .doesNotContain("--pooling", "--no-cache", "--precision");
    }

    @Test
    void leavesNothingOfAnInterruptedMeasurement() throws Exception {
        Path data = messages();
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path err = directory.resolve("err.txt");
        ProcessBuilder builder = Launcher.command(
                "benchmark", "training", "--base", "mini", "--epochs", "1000000", "--data", data.toString());
        builder.environment().put("SMSIEVE_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        Process benchmark = builder.redirectError(err.toFile()).start();
        try {
            Instant limit = Instant.now().plus(Launcher.LIMIT);
            while (partial(temporary).isEmpty()) {
                assertThat(benchmark.isAlive()).isTrue();
                assertThat(Instant.now()).isBefore(limit);
                Thread.sleep(100);
            }
            List<ProcessHandle> trains = benchmark.children().toList();
            benchmark.destroy();

            assertThat(benchmark.waitFor(Launcher.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(trains).isNotEmpty().noneMatch(ProcessHandle::isAlive);
        } finally {
            benchmark.destroyForcibly();
        }
        assertThat(temporary).isEmptyDirectory();
        assertThat(Files.readString(err)).contains("smsieve: interrupted; nothing was measured");
    }

    /** What a benchmark's {@code train} has begun to write. */
    private static List<Path> partial(Path temporary) throws IOException {
        try (Stream<Path> paths = Files.walk(temporary)) {
            return paths.filter(path -> path.endsWith(".smsieve.partial")).toList();
        }
    }

    /** A file of 30 messages of each label. */
    private Path messages() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            rows.append(i % 2 == 0 ? "ham\tsee you at " : "spam\twin a prize of ")
                    .append(i)
                    .append('\n');
        }
        return Files.writeString(directory.resolve("messages.tsv"), rows);
    }

    private Result run(String... arguments) throws IOException, InterruptedException {
        return Launcher.run(directory, arguments);
    }

    private String kcat(String input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kcat"));
        command.addAll(List.of(arguments));
        Path in = Files.writeString(Files.createTempFile(directory, "in", ".txt"), input);
        Process process = new ProcessBuilder(command).redirectInput(in.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out;
    }

    private static int count(String out, String kind) {
        Matcher matcher = Pattern.compile("(?m)^" + kind + " +([0-9]+)$").matcher(out);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
