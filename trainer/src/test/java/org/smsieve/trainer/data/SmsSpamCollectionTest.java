package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.Sha256;

/** On the real data set, which is not in the repository: where it is missing these tests are skipped, but not in CI. */
class SmsSpamCollectionTest {
    private static final JsonNode BOOK = Fixtures.json("as-book-split.json");
    private static Path file;

    @TempDir
    Path directory;

    @BeforeAll
    static void findTheFile() {
        file = Fixtures.smsSpamCollection();
    }

    @Test
    void hasAMessageALine() {
        Dataset dataset = LabelledFile.read(file, BadRows.REFUSED);

        assertThat(dataset.source().sha256()).isEqualTo(BOOK.get("data_sha256").textValue());
        assertThat(dataset.counts()).containsExactly(Map.entry("ham", 4827), Map.entry("spam", 747));
        assertThat(dataset.copies()).isEqualTo(403);
        assertThat(dataset.contradictions()).isZero();
    }

    @Test
    void splitsWithoutCopiesAcross() {
        Split split = new StratifiedSplitter(Proportions.DEFAULT, StratifiedSplitter.DEFAULT_SEED)
                .load(file, BadRows.REFUSED);

        assertThat(split.train().counts()).containsExactly(Map.entry("ham", 3379), Map.entry("spam", 523));
        assertThat(split.validation().counts()).containsExactly(Map.entry("ham", 483), Map.entry("spam", 75));
        assertThat(split.test().counts()).containsExactly(Map.entry("ham", 965), Map.entry("spam", 149));
        assertThat(split.test().withoutCopiesOf(split.train())).isEqualTo(split.test());
        assertThat(split.test().withoutCopiesOf(split.validation())).isEqualTo(split.test());
        assertThat(split.validation().withoutCopiesOf(split.train())).isEqualTo(split.validation());
    }

    @Test
    void readsFewerMessagesAsTheBook() {
        Dataset dataset = LabelledFile.readAsBook(file, BadRows.REFUSED);

        assertThat(dataset.counts()).containsExactly(Map.entry("ham", 4825), Map.entry("spam", 747));
    }

    @Test
    void splitsAsTheBook() {
        Split split = new BookSplitter().load(file, BadRows.REFUSED);

        isAsInTheBook("train", split.train());
        isAsInTheBook("validation", split.validation());
        isAsInTheBook("test", split.test());
        assertThat(split.test().withoutCopiesOf(split.train()).size()).isEqualTo(300 - 37);
    }

    @Test
    void writesTheBooksFiles() throws IOException {
        DataDirectory.write(new BookSplitter().load(file, BadRows.REFUSED), directory, false);

        for (String part : new String[] {"train", "validation", "test"}) {
            assertThat(Sha256.of(Files.readAllBytes(directory.resolve(part + ".csv"))))
                    .isEqualTo(BOOK.get("parts").get(part).get("csv_sha256").textValue());
        }
        assertThat(firstRow("train.csv")).isEqualTo("0,Dude how do you like the buff wind.");
        assertThat(firstRow("test.csv")).isEqualTo("1,85233 FREE>Ringtone!Reply REAL");
    }

    private static void isAsInTheBook(String name, Dataset part) {
        JsonNode expected = BOOK.get("parts").get(name);
        assertThat(part.size()).isEqualTo(expected.get("rows").asInt());
        assertThat(part.counts().get("spam")).isEqualTo(expected.get("spam").asInt());
        StringBuilder rows = new StringBuilder();
        for (Example example : part.examples()) {
            rows.append(part.labelId(example))
                    .append('\t')
                    .append(example.text())
                    .append('\n');
        }
        assertThat(Sha256.of(rows.toString().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(expected.get("sha256").textValue());
    }

    private String firstRow(String name) throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve(name))) {
            return lines.skip(1).findFirst().orElseThrow();
        }
    }
}
