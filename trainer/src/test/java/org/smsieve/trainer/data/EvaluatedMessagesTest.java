package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.command.UserException;

class EvaluatedMessagesTest {
    private static final Dataset TRAIN = dataset(new Example("ham", "at noon"), new Example("spam", "win"));
    private static final Dataset NONE = dataset();

    @TempDir
    private Path directory;

    private static Dataset dataset(Example... examples) {
        return new Dataset(new Source("all.tsv", "0"), List.of("ham", "spam"), List.of(examples));
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(Files.createTempDirectory(directory, "data").resolve(name), content);
    }

    @Test
    void statesTheTestPartWithoutCopiesOfTrainingMessagesToo() {
        Dataset test = dataset(new Example("spam", "win"), new Example("ham", "hello"));

        Map<String, Dataset> parts = EvaluatedMessages.of(new Split(TRAIN, NONE, test), List.of(), BadRows.REFUSED);

        assertThat(parts.keySet()).containsExactly("train", "test", "test without copies of training messages");
        assertThat(parts.get("test")).isEqualTo(test);
        assertThat(parts.get("test without copies of training messages").examples())
                .containsExactly(new Example("ham", "hello"));
    }

    @Test
    void keepsPartsApartFromFilesOfTheirNames() throws IOException {
        Dataset test = dataset(new Example("ham", "hello"));
        String other = "ham\tbye\nspam\tcash\n";
        List<Path> files = List.of(
                file("test", other),
                file("train", other),
                file("more.tsv", other),
                file("more.tsv", "ham\tat noon\nspam\tfree\n"));

        Map<String, Dataset> parts = EvaluatedMessages.of(new Split(TRAIN, NONE, test), files, BadRows.REFUSED);

        assertThat(parts.keySet())
                .containsExactly(
                        "train",
                        "test",
                        "test (2)",
                        "train (2)",
                        "more.tsv",
                        "more.tsv (2)",
                        "more.tsv (2) without copies of training messages");
        assertThat(parts.get("train")).isEqualTo(TRAIN);
        assertThat(parts.get("test")).isEqualTo(test);
        assertThat(parts.get("more.tsv (2)").size()).isEqualTo(2);
    }

    @Test
    void refusesOtherLabels() throws IOException {
        Path file = file("eggs.tsv", "ham\tbye\neggs\tcash\n");

        assertThatThrownBy(() -> EvaluatedMessages.of(new Split(TRAIN, NONE, NONE), List.of(file), BadRows.REFUSED))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("eggs.tsv has labels ");
    }
}
