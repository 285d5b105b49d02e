package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.smsieve.trainer.data.Fixtures.ham;
import static org.smsieve.trainer.data.Fixtures.spam;
import static org.smsieve.trainer.data.Fixtures.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.command.UserException;

class LabelledFileTest {
    @TempDir
    Path directory;

    @Test
    void readsOneTsvLineAsOneMessage() {
        Dataset dataset = read("a.tsv", "ham\t\"open\nspam\tclose\" it\tnow\r\n\nham\t a\u0092b \n");

        assertThat(dataset.examples()).containsExactly(ham("\"open"), spam("close\" it\tnow"), ham(" a\u0092b "));
        assertThat(dataset.labels()).containsExactly("ham", "spam");
        assertThat(dataset.source().name()).isEqualTo("a.tsv");
    }

    @Test
    void tellsTheSha256OfTheFile() {
        Dataset dataset = read("a.tsv", "ham\tabc\n");

        // printf 'ham\tabc\n' | sha256sum
        assertThat(dataset.source().sha256())
                .isEqualTo("8846e5d512f3b8bbab268b31416d7ad28b9c513eb9bb4732013c2cdf685bd5f2");
    }

    @Test
    void readsCsvByNamesOfColumns() {
        Dataset dataset = read("a.csv", "id,Text , LABEL\r\n1,\"a, \"\"b\"\"\nc\",spam\r\n2,plain,ham\r\n");

        assertThat(dataset.examples()).containsExactly(spam("a, \"b\"\nc"), ham("plain"));
    }

    @Test
    void readsCsvByPosition() {
        Dataset dataset = read("a.csv", "spam,win\n\nham,\"\"\"hi\"\"\"");

        assertThat(dataset.examples()).containsExactly(spam("win"), ham("\"hi\""));
    }

    @Test
    void readsJsonLines() {
        Dataset dataset = read("a.jsonl", """
                {"label": "spam", "text": "w\\u0069n", "id": 3}

                {"text": "a\\nb", "label": "ham"}
                """);

        assertThat(dataset.examples()).containsExactly(spam("win"), ham("a\nb"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "SMSSpamCollection, `ham\tx, y\nspam\tz`",
                "data.txt, `ham,x\nspam,z`",
                "data.TSV, `ham\tx\nspam\tz`",
                "a.b.NDJSON, `{\"label\":\"ham\",\"text\":\"x\"}`",
                "data.txt, ` {\"label\":\"ham\",\"text\":\"x\\ty\"}`",
                "heading.tsv, `Label\tText\nham\tx`",
                "heading.csv, `label,text\nham,x`",
                "mark.tsv, `\uFEFFham\tx`",
            })
    void decidesTheFormatByNameOrContent(String name, String content) {
        Dataset dataset = read(name, content);

        assertThat(dataset.examples().get(0).label()).isEqualTo("ham");
        assertThat(dataset.examples().get(0).text()).startsWith("x");
    }

    @Test
    void takesZeroAndOneForHamAndSpam() {
        assertThat(read("a.tsv", "1\ta\n").examples()).containsExactly(spam("a"));
        assertThat(read("a.jsonl", "{\"label\":0,\"text\":\"a\"}").examples()).containsExactly(ham("a"));
        assertThat(read("a.csv", "Label,Text\n1,a\n0,b\n").labels()).containsExactly("ham", "spam");
    }

    @Test
    void ordersLabelsByAlphabetOrNumber() {
        assertThat(read("a.tsv", "spam\ta\npromo\tb\nham\tc\n").labels()).containsExactly("ham", "promo", "spam");
        assertThat(read("a.tsv", "10\ta\n9\tb\n0\tc\n").labels()).containsExactly("0", "9", "10");
    }

    @Test
    void reportsAllBadRowsOfTsvWithTheirLines() throws IOException {
        byte[] latin1 = "ham\tok\nno tab\nspam\t\n\tno label\n\nham\tcaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(directory.resolve("a.tsv"), latin1);

        refuses(file)
                .withMessageContaining("a.tsv has bad rows: 4 (expected: ")
                .withMessageEndingWith(
                        "line 2: no tab after the label; line 3: no text; line 4: no label; line 6: not UTF-8");
    }

    @Test
    void reportsBadRowsOfCsvWithTheirFirstLines() {
        refuses("a.csv", "label,text\nham,\"two\nlines\"\nspam,a,b\n\nham,\"\"\n,x\nham,\"open\nham,y\n")
                .withMessageEndingWith("line 4: 3 columns (expected: 2); line 6: no text; line 7: no label;"
                        + " line 8: quotes that do not match, here or below; the rest cannot be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"label\":\"ham\"}                                | line 1: text (expected: a string)",
                "{\"label\":1.5,\"text\":\"a\"}                     | line 1: label (expected: a string or an integer)",
                "[\"ham\",\"a\"]                                    | line 1: not a JSON object",
                "{\"label\":\"ham\",\"text\":\"a\"} x               | line 1: not a JSON object",
                "{\"label\":\"ham\",\"text\":\"a\",\"text\":\"b\"}  | line 1: not a JSON object",
                "{\"label\":\"ham\",\"text\":\"\\ud83d\"}           | line 1: half a surrogate pair",
            })
    void reportsBadJsonLines(String line, String problem) {
        refuses("a.jsonl", line).withMessageEndingWith(problem);
    }

    @Test
    void reportsAtMostTwentyBadRows() {
        refuses("a.tsv", "bad\n".repeat(25))
                .withMessageContaining("bad rows: 25")
                .withMessageContaining("line 20:")
                .withMessageNotContaining("line 21:")
                .withMessageEndingWith("and 5 more");
    }

    @Test
    void leavesBadRowsOutAndTellsThem() {
        List<String> told = new ArrayList<>();
        BadRows skipped = BadRows.skipped(told::add);
        Path file = write(directory, "a.tsv", "ham\tok\nno tab\nspam\t\nspam\twin\n");

        Dataset dataset = LabelledFile.read(file, skipped);

        assertThat(dataset.examples()).containsExactly(ham("ok"), spam("win"));
        assertThat(told)
                .containsExactly("smsieve: data: " + file + ": bad rows left out: 2: line 2: no tab after the label;"
                        + " line 3: no text");
        LabelledFile.read(write(directory, "b.tsv", "ham\tok\n"), skipped);
        assertThat(told).hasSize(1);
    }

    @Test
    void doesNotLeaveOutTheRestOfAFile() {
        Path csv = write(directory, "a.csv", "ham,a\nham,\"open\nspam,b\n");
        Path tsv = write(directory, "a.tsv", "ham\ta\nspam\t\"b\nham\tc\n");
        BadRows skipped = BadRows.skipped(told -> {});

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> LabelledFile.read(csv, skipped))
                .withMessageContaining(
                        "cannot be read to its end (expected: quotes that match); correct these: line 2");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> LabelledFile.readAsBook(tsv, skipped))
                .withMessageContaining("cannot be read to its end");
    }

    @Test
    void refusesAFileOfBadRowsOnly() {
        Path file = write(directory, "a.tsv", "bad\nworse\n");

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> LabelledFile.read(file, BadRows.skipped(told -> {})))
                .withMessageContaining("has no messages");
    }

    @Test
    void refusesTextsAndLabelsThatAreTooLong() {
        refuses("a.tsv", "ham\t" + "x".repeat(RowCollector.MAX_TEXT_LENGTH + 1))
                .withMessageContaining("line 1: text of");
        refuses("a.tsv", "h".repeat(101) + "\tx").withMessageContaining("line 1: label");
    }

    @Test
    void refusesTextsInTheColumnOfLabels() {
        StringBuilder swapped = new StringBuilder();
        for (int i = 0; i < 101; i++) {
            swapped.append("text ").append(i).append("\tham\n");
        }

        refuses("a.tsv", swapped.toString()).withMessageContaining("101 different labels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.tsv", "a.csv", "a.jsonl", "a"})
    void refusesAnEmptyFile(String name) {
        refuses(name, "").withMessageContaining("has no messages");
        refuses(name, "\n\n").withMessageContaining("has no messages");
    }

    @Test
    void refusesWhatIsNoFile() {
        refuses(directory.resolve("missing.tsv")).withMessageContaining("a file that exists");
        refuses(directory).withMessageContaining("is a directory");
    }

    @Test
    void refusesAnUnknownFormat() {
        refuses("notes", "neither tab nor comma").withMessageContaining("unknown format");
    }

    private Dataset read(String name, String content) {
        return LabelledFile.read(write(directory, name, content), BadRows.REFUSED);
    }

    private ThrowableAssertAlternative<UserException> refuses(String name, String content) {
        return refuses(write(directory, name, content));
    }

    private static ThrowableAssertAlternative<UserException> refuses(Path file) {
        return assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> LabelledFile.read(file, BadRows.REFUSED));
    }
}
