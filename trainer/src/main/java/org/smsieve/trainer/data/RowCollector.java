package org.smsieve.trainer.data;

import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import org.smsieve.command.UserException;

/** Takes the rows that a parser finds in a file, checks them and keeps the bad ones apart, with their lines. */
final class RowCollector {
    /** Far over what a model reads: 1,024 tokens are about 5,000 characters. */
    static final int MAX_TEXT_LENGTH = 100_000;

    private static final int MAX_LABEL_LENGTH = 100;
    private static final int MAX_REPORTED = 20;

    private final Path file;
    private final BitSet malformedLines;
    private final CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
    private final List<Example> examples = new ArrayList<>();
    private final List<BadRow> badRows = new ArrayList<>();
    private boolean unreadable;

    /** The rows of {@code file}, those on {@code malformedLines} not being UTF-8. */
    RowCollector(Path file, BitSet malformedLines) {
        this.file = file;
        this.malformedLines = malformedLines;
    }

    /** A row on one line. */
    void add(int line, String label, String text) {
        add(line, line, label, text);
    }

    /** A row on the lines from {@code first} to {@code last}. White space around the label is dropped. */
    void add(int first, int last, String label, String text) {
        String name = label.strip();
        String problem = problem(first, last, name, text);
        if (problem == null) {
            examples.add(new Example(name, text));
        } else {
            reject(first, problem);
        }
    }

    /** A row that has no label and text; {@code problem} says what is wrong or what is expected, but no text. */
    void reject(int line, String problem) {
        badRows.add(new BadRow(line, malformedLines.get(line) ? "not UTF-8" : problem));
    }

    /** A row after which nobody knows where the next one begins, so that it cannot be skipped. */
    void rejectRest(int line, String problem) {
        reject(line, problem);
        unreadable = true;
    }

    /**
     * The good rows in order; {@code policy} is told of the others.
     *
     * @throws UserException if it says so, or the file cannot be read to its end
     */
    List<Example> examples(BadRows policy) {
        if (!badRows.isEmpty()) {
            String told = badRows.stream()
                    .limit(MAX_REPORTED)
                    .map(row -> "line " + row.line() + ": " + row.problem())
                    .collect(Collectors.joining("; "));
            int more = badRows.size() - MAX_REPORTED;
            String all = told + (more > 0 ? "; and " + more + " more" : "");
            if (unreadable) {
                throw new UserException("data: " + file + " cannot be read to its end (expected: quotes that match);"
                        + " correct these: " + all);
            }
            policy.found(file, badRows.size(), all);
        }
        return List.copyOf(examples);
    }

    private String problem(int first, int last, String label, String text) {
        int malformed = malformedLines.nextSetBit(first);
        if (malformed >= 0 && malformed <= last) {
            return "not UTF-8";
        }
        if (label.isEmpty()) {
            return "no label";
        }
        if (label.length() > MAX_LABEL_LENGTH || label.chars().anyMatch(Character::isISOControl)) {
            return "label (expected: at most " + MAX_LABEL_LENGTH + " characters, no control characters)";
        }
        if (text.isEmpty()) {
            return "no text";
        }
        if (text.length() > MAX_TEXT_LENGTH) {
            return "text of " + text.length() + " characters (expected: at most " + MAX_TEXT_LENGTH + ")";
        }
        // JSON can write half a surrogate pair, which no UTF-8 file can hold.
        return utf8.canEncode(label) && utf8.canEncode(text) ? null : "half a surrogate pair";
    }

    private record BadRow(int line, String problem) {}
}
