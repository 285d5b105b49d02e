package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class PrepareCommandTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeMessages() throws IOException {
        StringBuilder messages = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            messages.append("ham\tham ").append(i).append('\n');
        }
        messages.append("ham\tham 0\nspam\tham 1\n");
        for (int i = 0; i < 9; i++) {
            messages.append("spam\tspam ").append(i).append('\n');
        }
        Files.writeString(directory.resolve("messages.tsv"), messages);
    }

    @Test
    void writesThePartsAndTellsTheirClasses() {
        int exit = prepare();

        assertThat(exit).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "messages.tsv: 2,011 messages (2,001 ham, 10 spam), 2 of them exact copies;"
                                + " texts with more than one label: 1",
                        "            messages      ham     spam",
                        "train          1,408    1,402        6",
                        "validation       201      199        2",
                        "test             402      400        2",
                        "written to " + directory.resolve("output"));
        assertThat(directory.resolve("output/train.csv")).exists();
    }

    @Test
    void splitsAsTheBook() {
        assertThat(prepare("--as-book")).isZero();
        assertThat(out.toString()).contains("train             14").contains("test               4");
    }

    @Test
    void takesProportionsAndSeed() {
        assertThat(prepare("--split", "80/0/20", "--seed", "5")).isZero();
        assertThat(out.toString()).contains("validation         0        0        0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--split=80/20",
                "--split=50/50/50",
                "--seed=x",
                "--as-book --seed=3",
                "--as-book --split=80/0/20"
            })
    void refusesWrongUsage(String options) {
        assertThat(prepare(options.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).isNotBlank();
        assertThat(directory.resolve("output")).doesNotExist();
    }

    @Test
    void goesOnWithoutBadRowsWhereItIsTold() throws IOException {
        Path file = directory.resolve("messages.tsv");
        Files.writeString(file, "ham without a tab\n", StandardOpenOption.APPEND);

        assertThat(prepare("--skip-bad-rows")).isZero();

        assertThat(out.toString()).contains("2,011 messages");
        assertThat(err.toString().lines())
                .containsExactly(
                        "smsieve: data: " + file + ": bad rows left out: 1: line 2012: no tab after the label");
    }

    private int prepare(String... options) {
        return new CommandLine(new PrepareCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments(options));
    }

    private String[] arguments(String... options) {
        String[] arguments = new String[options.length + 4];
        arguments[0] = "--data";
        arguments[1] = directory.resolve("messages.tsv").toString();
        arguments[2] = "--output";
        arguments[3] = directory.resolve("output").toString();
        System.arraycopy(options, 0, arguments, 4, options.length);
        return arguments;
    }
}
