package org.smsieve.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.smsieve.bundle.Sha256;
import org.smsieve.command.UserException;

/**
 * Reads a file of labelled messages, strict UTF-8, in one of three formats: lines of {@code label<TAB>text} without
 * quoting, CSV, or JSON Lines. The name's ending decides ({@code .tsv}, {@code .csv}, {@code .jsonl}, {@code .ndjson},
 * {@code .json}), for other names the first line.
 *
 * <p>Columns named {@code label} and {@code text} are found by name, in any case; without names the label comes first.
 * Labels are put in order as {@link Dataset#labels} says: alphabetically, or by number if all are integers. Integers
 * stand for names in a file that {@code prepare} wrote; elsewhere 0 is ham and 1 is spam where there are no others.
 */
public final class LabelledFile {
    /** Read whole into memory. */
    private static final long MAX_BYTES = 256L << 20;

    private LabelledFile() {}

    /**
     * Reads a file, one line of TSV as one message.
     *
     * @throws UserException if it is missing, unreadable, empty or too large, or has bad rows that are refused: all are
     *     told, up to a limit, with their line numbers
     */
    public static Dataset read(Path file, BadRows badRows) {
        return read(file, false, badRows);
    }

    /**
     * Reads a file as {@code pandas.read_csv} does with its defaults: in TSV too a field that begins with a quote runs
     * to the closing quote, over tabs and line ends, which merges messages.
     *
     * @throws UserException as {@link #read}
     */
    public static Dataset readAsBook(Path file, BadRows badRows) {
        return read(file, true, badRows);
    }

    private static Dataset read(Path file, boolean asBook, BadRows badRows) {
        byte[] bytes = bytes(file);
        List<Example> examples = examples(file, bytes, asBook, badRows);
        if (examples.isEmpty()) {
            throw new UserException("data: " + file + " has no messages (expected: label and text on each line)");
        }
        Source source = new Source(String.valueOf(file.getFileName()), Sha256.of(bytes));
        return dataset(source, DataDirectory.labelNames(file), examples);
    }

    /** The data set of messages as they stand in a file; {@code names} of integer labels, none if not known. */
    static Dataset dataset(Source source, List<String> names, List<Example> examples) {
        Set<String> found = examples.stream().map(Example::label).collect(Collectors.toSet());
        Labels.requireFew(found, source.name());
        List<String> assumed = names.isEmpty() ? Labels.HAM_SPAM : names;
        if (Labels.areIntegersFor(assumed, found)) {
            return new Dataset(source, assumed, Labels.named(examples, assumed));
        }
        if (names.isEmpty()) {
            return new Dataset(source, Labels.ordered(found), examples);
        }
        if (!names.containsAll(found)) {
            throw new UserException("data: " + source.name() + " has labels " + Labels.shortened(Labels.ordered(found))
                    + " (expected: those of labels.json beside it: " + Labels.shortened(names)
                    + ", or their integers); mend one of them");
        }
        return new Dataset(source, names, examples);
    }

    /** The file's messages with their labels as written, possibly none. */
    static List<Example> examples(Path file, byte[] bytes, boolean asBook, BadRows badRows) {
        DecodedText content = DecodedText.of(bytes);
        FileFormat format = FileFormat.of(file, content.text());
        RowCollector rows = new RowCollector(file, content.malformedLines());
        format.parser(asBook).parse(content.text(), rows);
        return rows.examples(badRows);
    }

    static byte[] bytes(Path file) {
        if (Files.isDirectory(file)) {
            throw new UserException("data: " + file + " is a directory (expected: a file); name the file in it");
        }
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new UserException("data: " + file + " has " + size + " bytes (expected: at most " + MAX_BYTES
                        + "); take a sample of it");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new UserException("data: " + file + " (expected: a file that exists); check the path", e);
        } catch (IOException e) {
            throw new UserException(
                    "data: " + file + " (expected: a readable file); it cannot be read: " + e.getMessage(), e);
        }
    }
}
