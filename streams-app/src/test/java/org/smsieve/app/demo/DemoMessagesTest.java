package org.smsieve.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.command.UserException;

class DemoMessagesTest {
    @TempDir
    private Path directory;

    private List<byte[]> read(String content) throws Exception {
        return DemoMessages.of(Files.writeString(directory.resolve("messages"), content));
    }

    @Test
    void takesEachLineAsAMessage() throws Exception {
        assertThat(read("one\n\ntwo\r\n\r\n three\r"))
                .containsExactly(
                        "one".getBytes(UTF_8),
                        "".getBytes(UTF_8),
                        "two".getBytes(UTF_8),
                        "".getBytes(UTF_8),
                        " three\r".getBytes(UTF_8));
        assertThat(read("one\n")).hasSize(1);
        assertThat(read("\n")).hasSize(1);
    }

    @Test
    void keepsBytesThatAreNotUtf8() throws Exception {
        Path file = Files.write(directory.resolve("bytes"), new byte[] {(byte) 0xff, '\n', 'a'});

        assertThat(DemoMessages.of(file)).containsExactly(new byte[] {(byte) 0xff}, new byte[] {'a'});
    }

    @Test
    void saysWhatIsWrongWithAFile() {
        Path absent = directory.resolve("absent");

        assertThatThrownBy(() -> DemoMessages.of(absent))
                .isInstanceOf(UserException.class)
                .hasMessage("--messages: " + absent + ": no such file (expected: a message a line)");
        assertThatThrownBy(() -> read("")).hasMessageContaining("is empty");
        assertThatThrownBy(() -> read("a\n" + "x".repeat(1_000_001))).hasMessageContaining("line 2 has 1000001 bytes");
        assertThatThrownBy(() -> DemoMessages.of(directory)).hasMessageContaining("cannot be read");
    }

    @Test
    void comesWithMessagesOfManyKinds() {
        List<String> messages = DemoMessages.builtIn().stream()
                .map(line -> new String(line, UTF_8))
                .toList();

        assertThat(messages).hasSizeGreaterThanOrEqualTo(200).doesNotContain("");
        assertThat(messages).anyMatch(message -> message.codePoints().anyMatch(c -> c > 0xffff));
    }
}
