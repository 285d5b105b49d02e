package org.smsieve.trainer.data;

import java.nio.file.Path;
import java.util.Locale;
import org.smsieve.command.UserException;

/** The formats of labelled files. */
enum FileFormat {
    /** {@code label<TAB>text} a line, no quoting. */
    TSV,
    /** RFC 4180. */
    CSV,
    /** {@code {"label": …, "text": …}} a line. */
    JSON_LINES;

    /** Decides by the name's ending, else by the first line. */
    static FileFormat of(Path file, String content) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "tsv" -> TSV;
            case "csv" -> CSV;
            case "jsonl", "ndjson", "json" -> JSON_LINES;
            default -> ofContent(file, content);
        };
    }

    /** What reads this format. The book honours quotes in TSV as well; other formats have but one reading. */
    RowParser parser(boolean asBook) {
        return switch (this) {
            case TSV -> asBook ? new QuotedTsvParser() : new TsvParser();
            case CSV -> new CsvParser();
            case JSON_LINES -> new JsonLinesParser();
        };
    }

    private static FileFormat ofContent(Path file, String content) {
        String line = content.lines()
                .filter(candidate -> !candidate.isBlank())
                .findFirst()
                .orElseThrow(() -> new UserException(
                        "data: " + file + " has no messages (expected: label and text on each line)"));
        if (line.stripLeading().startsWith("{")) {
            return JSON_LINES;
        }
        if (line.contains("\t")) {
            return TSV;
        }
        if (line.contains(",")) {
            return CSV;
        }
        throw new UserException("data: " + file + " is of an unknown format (expected: label<TAB>text, CSV or JSON"
                + " Lines); give it the ending .tsv, .csv or .jsonl");
    }
}
