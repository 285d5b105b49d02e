package org.smsieve.trainer.data;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.smsieve.command.UserException;

/** What to do about a file's rows that have no label and text. */
@FunctionalInterface
public interface BadRows {
    /** A mistake of the user's, who is to correct the rows. */
    BadRows REFUSED = (file, number, told) -> {
        throw new UserException("data: " + file + " has bad rows: " + number
                + " (expected: a label and a text in each); correct these, or leave them out with --skip-bad-rows: "
                + told);
    };

    /** Left out, and told in a line a file. */
    static BadRows skipped(Consumer<String> report) {
        return (file, number, told) ->
                report.accept("smsieve: data: " + file + ": bad rows left out: " + number + ": " + told);
    }

    /**
     * A file has bad rows.
     *
     * @param file their file
     * @param number of them, at least 1
     * @param told the first of them by line number, and what is wrong with each; none of their text
     * @throws UserException if they are not to be skipped
     */
    void found(Path file, int number, String told);
}
