package org.smsieve.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.fixture.FakeLoader;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.command.Commands;
import picocli.CommandLine;

class MainTest {
    private final AtomicReference<FakeClassifier> opened = new AtomicReference<>();
    private final AtomicReference<AppConfig.Model> asked = new AtomicReference<>();
    private final StringWriter out = new StringWriter();

    private int run(String... arguments) {
        CommandLine commandLine = Commands.commandLine(new Main(model -> {
            asked.set(model);
            opened.set(new FakeClassifier(Duration.ZERO));
            return new FakeLoader(opened::get);
        }));
        return commandLine.setOut(new PrintWriter(out, true)).execute(arguments);
    }

    private static String line(String text, String shown) {
        String label = FakeClassifier.label(text);
        return label + '\t' + (label.equals("spam") ? "0.750000" : "0.250000") + '\t' + shown;
    }

    @Test
    void printsALineForEachArgument() {
        int exitCode = run("classify", "hello you", "a\tb\nc", "", "@@you");

        assertThat(exitCode).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        line("hello you", "hello you"),
                        line("a\tb\nc", "a\\tb\\nc"),
                        line("", ""),
                        line("@@you", "@@you"));
        assertThat(opened.get().isClosed()).isTrue();
    }

    @Test
    void opensTheModelAskedFor() {
        run("classify", "hello");
        assertThat(asked).hasValue(new AppConfig.Model(Optional.empty(), ComputeOptions.AUTO));

        run("classify", "--model", "m", "--device", "cpu", "--precision", "bf16", "hello");

        assertThat(asked).hasValue(new AppConfig.Model(Optional.of(Path.of("m")), new ComputeOptions("cpu", "bf16")));
    }

    @Test
    void readsLinesFromStdinInBatches() {
        InputStream before = System.in;
        String lines = "line\n".repeat(999) + "last 🎉";
        System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
        try {
            int exitCode = run("classify");

            assertThat(exitCode).isZero();
            assertThat(out.toString().lines()).hasSize(1_000).endsWith(line("last 🎉", "last 🎉"));
            assertThat(opened.get().calls()).hasSizeLessThan(20);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void listsTheSettings() {
        int exitCode = run("stream", "--list-settings");

        assertThat(exitCode).isZero();
        assertThat(out.toString()).contains("| `stream.threads` | `2` |");
    }

    /** To mend it: ./smsieve stream --list-settings. */
    @Test
    void documentsTheSettings() throws IOException {
        run("stream", "--list-settings");

        assertThat(Files.readString(Path.of("..", "docs", "settings.md"))).contains(out.toString());
    }

    /** To mend it: ./smsieve stream --list-metrics. */
    @Test
    void documentsTheMetrics() throws IOException {
        int exitCode = run("stream", "--list-metrics");

        assertThat(exitCode).isZero();
        assertThat(Files.readString(Path.of("..", "docs", "metrics.md"))).contains(out.toString());
    }

    @Test
    void knowsWrongUsage() {
        assertThat(run("stream", "--bogus")).isEqualTo(2);
        assertThat(run("demo", "--http-port", "70000")).isEqualTo(2);
        assertThat(run("demo", "--kafka-port", "-1")).isEqualTo(2);
    }
}
