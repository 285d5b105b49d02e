package org.smsieve.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.command.UserException;
import org.smsieve.text.Tokenizer;

class MessagesTest {
    @TempDir
    private Path directory;

    @Test
    void lengthsAreThoseOfTheCollection() {
        List<Integer> lengths =
                MessageLengths.of(5574, new Random(1)).stream().sorted().toList();

        assertThat(lengths.stream().mapToInt(length -> length).average().orElseThrow())
                .isCloseTo(22.79, within(0.2));
        assertThat(lengths.get(5574 / 2)).isEqualTo(17);
        assertThat(lengths.get(5574 * 9 / 10)).isEqualTo(46);
        assertThat(lengths.get(5574 * 99 / 100)).isEqualTo(75);
        assertThat(lengths.get(5573)).isBetween(150, 257);
        assertThat(lengths).doesNotContain(0);
    }

    @Test
    void textsAreAsLongAsTheyShallBe() {
        List<String> texts = new Messages().texts(50, 24);

        assertThat(texts).allMatch(text -> Tokenizer.gpt2().encode(text).length() == 24);
    }

    @Test
    void textsAreAsLongAsRealOnesAndDoNotRepeat() {
        Messages messages = new Messages();
        List<String> first = messages.texts(2_000);
        List<String> second = messages.texts(2_000);

        assertThat(first).doesNotHaveDuplicates().doesNotContainAnyElementsOf(second);
        assertThat(first.stream()
                        .mapToInt(text -> Tokenizer.gpt2().encode(text).length())
                        .average()
                        .orElseThrow())
                .isCloseTo(22.8, within(0.5));
    }

    @Test
    void readsMessagesWithAndWithoutLabels() throws Exception {
        Path file = Files.writeString(directory.resolve("messages"), "ham\tsee you\nwin a prize\n");

        assertThat(Messages.read(file, 3)).containsExactly("see you", "win a prize", "see you");
    }

    @Test
    void refusesAFileThatIsNotThereOrEmpty() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty"));

        assertThatThrownBy(() -> Messages.read(empty, 3))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is empty");
        assertThatThrownBy(() -> Messages.read(directory.resolve("none"), 3))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--data: ");
    }
}
