package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.smsieve.trainer.data.Fixtures.dataset;
import static org.smsieve.trainer.data.Fixtures.ham;
import static org.smsieve.trainer.data.Fixtures.many;
import static org.smsieve.trainer.data.Fixtures.spam;
import static org.smsieve.trainer.data.Fixtures.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.command.UserException;

class DataDirectoryTest {
    @TempDir
    Path directory;

    @Test
    void readsBackWhatItWrote() {
        List<Example> awkward = Stream.of(
                        " a ", "\"", "a\"b,c", "a\nb", "a\r\nb", "a\rb", "\t", "#", "0", "\u0092\uD83D\uDE00")
                .map(Fixtures::spam)
                .toList();
        Dataset train = dataset(awkward, many(3, "ham"), many(2, "promo"));
        Split split = new Split(train, train.with(List.of()), train.with(List.of(ham("x"))));

        DataDirectory.write(split, directory, false);
        Split read = DataDirectory.read(directory, BadRows.REFUSED);

        assertThat(read.labels()).containsExactly("ham", "promo", "spam");
        assertThat(read.train().examples()).isEqualTo(split.train().examples());
        assertThat(read.validation().examples()).isEmpty();
        assertThat(read.test().examples()).containsExactly(ham("x"));
        assertThat(LabelledFile.read(directory.resolve("test.csv"), BadRows.REFUSED)
                        .examples())
                .containsExactly(ham("x"));
    }

    @Test
    void writesLabelsAsIntegersAndQuotesWhereItMust() throws IOException {
        DataDirectory.write(split(spam("win, now"), ham("say \"hi\""), ham(" plain")), directory, false);

        assertThat(Files.readString(directory.resolve("train.csv")))
                .isEqualTo("Label,Text\n1,\"win, now\"\n0,\"say \"\"hi\"\"\"\n0, plain\n");
        assertThat(Files.readString(directory.resolve("test.csv"))).isEqualTo("Label,Text\n");
        assertThat(Files.readString(directory.resolve("labels.json"))).isEqualTo("[\"ham\",\"spam\"]\n");
        assertThat(names()).containsExactlyInAnyOrder("train.csv", "validation.csv", "test.csv", "labels.json");
    }

    @Test
    void readsTheBooksFilesThatNameNoLabels() {
        write(directory, "train.csv", "Label,Text\n0,a\n1,b\n");
        write(directory, "validation.csv", "Label,Text\n1,c\n");
        write(directory, "test.csv", "Label,Text\n0,d\n");

        Split split = DataDirectory.read(directory, BadRows.REFUSED);

        assertThat(split.train().examples()).containsExactly(ham("a"), spam("b"));
        assertThat(split.test().examples()).containsExactly(ham("d"));
        // cat train.csv validation.csv test.csv | sha256sum
        assertThat(split.source().sha256())
                .isEqualTo("ebdafe186ca65528e8560b834859ee6a4f8f099a4e1e1f7d87ad664c4841648b");
    }

    @Test
    void leavesTheSameFilesAlone() throws IOException {
        DataDirectory.write(split(ham("a"), spam("b")), directory, false);
        DataDirectory.write(split(ham("a"), spam("b")), directory, false);

        assertThat(names()).hasSize(4);
    }

    @Test
    void replacesOtherFilesOnlyIfTold() {
        DataDirectory.write(split(ham("a"), spam("b")), directory, false);
        Split other = split(ham("c"), spam("d"));

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> DataDirectory.write(other, directory, false))
                .withMessageContaining("train.csv holds other data")
                .withMessageContaining("--force");
        assertThat(DataDirectory.read(directory, BadRows.REFUSED).train().examples())
                .contains(ham("a"));

        DataDirectory.write(other, directory, true);
        assertThat(DataDirectory.read(directory, BadRows.REFUSED).train().examples())
                .contains(ham("c"));
    }

    @Test
    void refusesADirectoryItCannotMake() {
        Path file = write(directory, "file", "x");

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> DataDirectory.write(split(ham("a"), spam("b")), file, false))
                .withMessageContaining("a directory to write to");
    }

    @Test
    void refusesADirectoryWithoutAllParts() {
        write(directory, "train.csv", "Label,Text\n0,a\n1,b\n");

        refuses("validation.csv (expected: a file that exists)");
    }

    @Test
    void refusesTrainingOnOneLabel() {
        write(directory, "train.csv", "Label,Text\n0,a\n");
        write(directory, "validation.csv", "Label,Text\n1,a\n");
        write(directory, "test.csv", "Label,Text\n1,a\n");

        refuses("too few labels to learn from: ham");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "null", "[]", "[null]", "[\"a\",\"a\"]", "[[\"a\"]]"})
    void refusesNamesOfLabelsItCannotRead(String json) {
        DataDirectory.write(split(ham("a"), spam("b")), directory, false);
        write(directory, "labels.json", json);

        refuses("labels.json (expected: ");
    }

    @Test
    void readsLabelsByNameToo() {
        DataDirectory.write(split(ham("a"), spam("b")), directory, false);
        write(directory, "train.csv", "Label,Text\nspam,c\nham,d\n");

        assertThat(DataDirectory.read(directory, BadRows.REFUSED).train().examples())
                .containsExactly(spam("c"), ham("d"));
    }

    @Test
    void refusesLabelsThatHaveNoName() {
        DataDirectory.write(split(ham("a"), spam("b")), directory, false);
        write(directory, "train.csv", "Label,Text\n0,a\n1,b\n2,c\n");

        refuses("has labels 0, 1, 2 (expected: those of labels.json");
    }

    private void refuses(String reason) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> DataDirectory.read(directory, BadRows.REFUSED))
                .withMessageContaining(reason);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static Split split(Example... train) {
        Dataset dataset = dataset(List.of(train));
        return new Split(dataset, dataset.with(List.of()), dataset.with(List.of()));
    }
}
