package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.smsieve.trainer.data.Fixtures.dataset;
import static org.smsieve.trainer.data.Fixtures.many;
import static org.smsieve.trainer.data.Fixtures.write;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.command.UserException;

class BookSplitterTest {
    private static final JsonNode EXAMPLE = Fixtures.json("as-book-example.json");

    private final BookSplitter splitter = new BookSplitter();

    @TempDir
    Path directory;

    @Test
    void readsQuotesAsPandas() {
        Dataset dataset = splitter.read(exampleFile(), BadRows.REFUSED);

        assertThat(dataset.examples()).isEqualTo(byName(EXAMPLE.get("rows")));
    }

    @Test
    void splitsAsPandas() {
        Split split = splitter.load(exampleFile(), BadRows.REFUSED);

        assertThat(split.train().examples()).isEqualTo(byNumber("train"));
        assertThat(split.validation().examples()).isEqualTo(byNumber("validation"));
        assertThat(split.test().examples()).isEqualTo(byNumber("test"));
    }

    @Test
    void writesAsPandas() throws IOException {
        DataDirectory.write(splitter.load(exampleFile(), BadRows.REFUSED), directory, false);

        assertThat(Files.readString(directory.resolve("train.csv")))
                .isEqualTo(EXAMPLE.get("csv").textValue());
    }

    @Test
    void refusesAQuoteThatIsNotClosed() {
        Path file = write(directory, "a.tsv", "ham\ta\nspam\t\"b\nham\tc\n");

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> splitter.read(file, BadRows.REFUSED))
                .withMessageContaining("line 2: a quote that is not closed");
    }

    @Test
    void refusesRowsOfOtherWidths() {
        Path file = write(directory, "a.tsv", "ham\ta\nspam\n\"x\ny\"\tb\tc\n");

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> splitter.read(file, BadRows.REFUSED))
                .withMessageContaining("line 2: 1 columns")
                .withMessageContaining("line 3: 3 columns");
    }

    @Test
    void refusesOtherLabels() {
        refuses(dataset(many(3, "ham"), many(3, "promo")), "ham, promo");
    }

    @Test
    void refusesMoreSpamThanHam() {
        refuses(dataset(many(3, "ham"), many(4, "spam")), "3 ham and 4 spam");
    }

    @Test
    void refusesTooFewMessagesToLearnFrom() {
        Dataset dataset = dataset(many(1, "ham"), many(1, "spam"));

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> splitter.split(dataset))
                .withMessageContaining("too few labels to learn from");
    }

    private void refuses(Dataset dataset, String reason) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> splitter.split(dataset))
                .withMessageContaining(reason)
                .withMessageContaining("--as-book");
    }

    private Path exampleFile() {
        return write(directory, "example.tsv", EXAMPLE.get("tsv").textValue());
    }

    private static List<Example> byNumber(String part) {
        return Labels.named(byName(EXAMPLE.get("parts").get(part)), Labels.HAM_SPAM);
    }

    private static List<Example> byName(JsonNode rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Example(row.get(0).asText(), row.get(1).textValue()))
                .toList();
    }
}
