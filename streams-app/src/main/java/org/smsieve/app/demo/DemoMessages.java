package org.smsieve.app.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.smsieve.command.UserException;

/**
 * The messages of a demo: a line is a message, an empty one too. Lines end with LF or CR LF, the last one's end may be
 * missing. Lines are bytes, so that those which are not UTF-8 can be seen to become dead letters.
 */
public final class DemoMessages {
    /** The longest line, in bytes: what a record may hold by Kafka's defaults, less its headers. */
    private static final int MAX_LINE_BYTES = 1_000_000;

    private static final String BUILT_IN = "messages.txt";

    private DemoMessages() {}

    /** The messages that come with the demo. */
    public static List<byte[]> builtIn() {
        try (InputStream in = DemoMessages.class.getResourceAsStream(BUILT_IN)) {
            return lines(BUILT_IN, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The messages of a file.
     *
     * @throws UserException if it cannot be read, is empty, or has a line of more than a million bytes
     */
    public static List<byte[]> of(Path file) {
        try {
            return lines(file.toString(), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new UserException("--messages: " + file + ": no such file (expected: a message a line)", e);
        } catch (IOException e) {
            throw new UserException("--messages: " + file + ": cannot be read (" + e + ")", e);
        }
    }

    private static List<byte[]> lines(String name, byte[] content) {
        List<byte[]> lines = new ArrayList<>();
        int start = 0;
        while (start < content.length) {
            int end = start;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            int last = end > start && end < content.length && content[end - 1] == '\r' ? end - 1 : end;
            lines.add(Arrays.copyOfRange(content, start, last));
            if (last - start > MAX_LINE_BYTES) {
                throw new UserException("--messages: " + name + ": line " + lines.size() + " has " + (last - start)
                        + " bytes (expected: " + MAX_LINE_BYTES + " at most)");
            }
            start = end + 1;
        }
        if (lines.isEmpty()) {
            throw new UserException("--messages: " + name + ": is empty (expected: a message a line)");
        }
        return lines;
    }
}
