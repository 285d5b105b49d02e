package org.smsieve.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.benchmark.Launcher.Result;

/**
 * The benchmarks measure, refuse what makes no sense, and leave nothing behind. How fast anything is, is not tested.
 */
@Timeout(300)
class BenchmarkIT {
    @TempDir
    private Path directory;

    @Test
    void measuresTheClassifier() throws Exception {
        Result result = run("benchmark", "--seconds", "0.1", "--json");

        assertThat(result.code()).as(result.err()).isZero();
        JsonNode figures = new JsonMapper().readTree(result.out());
        assertThat(figures.get("model").textValue()).isEqualTo("mini@random");
        assertThat(figures.get("meanTokens").doubleValue()).isBetween(22.0, 24.0);
        assertThat(figures.get("bookMessagesPerSecond").doubleValue()).isPositive();
        JsonNode classifier = figures.get("classifier").get(0);
        assertThat(classifier.get("messagesPerSecondByBatch").get("256").doubleValue())
                .isPositive();
        assertThat(classifier.get("messagesPerSecondByTokens").get("120").doubleValue())
                .isPositive();
        assertThat(classifier.get("shareOfPeak").doubleValue()).isBetween(0.0, 1.5);
        assertThat(classifier.get("loneMessageMillis").doubleValue()).isPositive();
        assertThat(classifier.get("bareForwardPassMillis").doubleValue()).isPositive();
        assertThat(figures.get("partsMessagesPerSecond").get("tokeniser").doubleValue())
                .isPositive();
        assertThat(figures.get("partsMessagesPerSecond").get("json").doubleValue())
                .isPositive();
    }

    @Test
    void measuresTheStream() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));

        Result result = runIn(temporary, "--loads", "0.5", "--set", "commit.interval.ms=50");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("smsieve stream, mini@random", "exactly_once_v2", "of the classifier alone", "50 %")
                .containsPattern("memory after the warm-up +[1-9]");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void tellsWhyAnotherProgramFailed() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));

        Result result = runIn(temporary, "--app", "echo no model in $BENCHMARK_MODEL | tail -c 8; exit 3");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("smsieve: app: exit code 3", "model");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void leavesNothingOfAnInterruptedMeasurement() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path err = directory.resolve("err.txt");
        ProcessBuilder builder =
                Launcher.command("benchmark", "stream", "--seconds", "1", "--warm-up", "0", "--app", "exec sleep 1000");
        prepare(builder, temporary);
        Process benchmark = builder.redirectError(err.toFile()).start();
        try {
            Instant limit = Instant.now().plus(Launcher.LIMIT);
            while (benchmark.descendants().noneMatch(BenchmarkIT::isSleep)) {
                assertThat(benchmark.isAlive()).as(Files.readString(err)).isTrue();
                assertThat(Instant.now()).isBefore(limit);
                Thread.sleep(100);
            }
            List<ProcessHandle> children = benchmark.descendants().toList();
            benchmark.destroy();

            assertThat(benchmark.waitFor(Launcher.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(children).hasSizeGreaterThan(1).noneMatch(ProcessHandle::isAlive);
        } finally {
            benchmark.destroyForcibly();
        }
        assertThat(temporary).isEmptyDirectory();
        assertThat(Files.readString(err)).contains("smsieve: interrupted; nothing was measured");
    }

    private static void prepare(ProcessBuilder builder, Path temporary) {
        builder.environment().put("SMSIEVE_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        // For all its processes: they start in half the time.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
    }

    private static boolean isSleep(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("sleep");
    }

    private Result runIn(Path temporary, String... arguments) throws IOException, InterruptedException {
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        ProcessBuilder builder = Launcher.command("benchmark", "stream", "--seconds", "1", "--warm-up", "0");
        builder.command().addAll(List.of(arguments));
        prepare(builder, temporary);
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertThat(process.waitFor(Launcher.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Result run(String... arguments) throws IOException, InterruptedException {
        return Launcher.run(directory, arguments);
    }
}
