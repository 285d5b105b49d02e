package org.smsieve.trainer.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.smsieve.command.UserException;

/** A way from a labelled file to training, validation and test. The same file gives the same parts, always. */
public sealed interface Splitter permits StratifiedSplitter, BookSplitter {
    /**
     * Reads a labelled file.
     *
     * @throws UserException if it cannot be read or has bad rows that are refused
     */
    Dataset read(Path file, BadRows badRows);

    /**
     * Cuts a data set.
     *
     * @throws UserException if it has one label only or too few messages of one
     */
    Split split(Dataset dataset);

    /**
     * The parts to train with: those of a directory that {@code prepare} wrote, as they stand there, or those of a
     * labelled file.
     *
     * @throws UserException as {@link #read} and {@link #split}
     */
    default Split load(Path data, BadRows badRows) {
        return Files.isDirectory(data) ? DataDirectory.read(data, badRows) : split(read(data, badRows));
    }
}
