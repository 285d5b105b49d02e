package org.smsieve.trainer.data;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * CSV by RFC 4180. If the first row has the names {@code label} and {@code text}, they say where these stand among
 * columns that are otherwise ignored; else there are two columns, the label first.
 */
final class CsvParser implements RowParser {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get();
    private static final Pattern LINE_BREAK = Pattern.compile("\\r\\n|[\\r\\n]");

    @Override
    public void parse(String content, RowCollector rows) {
        try (CSVParser parser = FORMAT.parse(new StringReader(content))) {
            int next = 1;
            try {
                Columns columns = null;
                for (CSVRecord row : parser) {
                    int last = Math.toIntExact(parser.getCurrentLineNumber());
                    int first = last - lineBreaks(row);
                    next = last + 1;
                    if (columns == null) {
                        columns = Columns.of(row);
                        if (columns.named()) {
                            continue;
                        }
                    }
                    columns.read(row, first, last, rows);
                }
            } catch (UncheckedIOException e) {
                // Where quotes do not match, nobody knows where the next row begins.
                rows.rejectRest(next, "quotes that do not match, here or below; the rest cannot be read");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int lineBreaks(CSVRecord row) {
        return row.stream()
                .mapToInt(value ->
                        Math.toIntExact(LINE_BREAK.matcher(value).results().count()))
                .sum();
    }

    /** Where label and text stand, and how many columns a row has. */
    private record Columns(int label, int text, int count, boolean named) {
        static Columns of(CSVRecord first) {
            List<String> names = first.stream()
                    .map(name -> name.strip().toLowerCase(Locale.ROOT))
                    .toList();
            return names.contains("label") && names.contains("text")
                    ? new Columns(names.indexOf("label"), names.indexOf("text"), names.size(), true)
                    : new Columns(0, 1, 2, false);
        }

        void read(CSVRecord row, int first, int last, RowCollector rows) {
            if (row.size() == count) {
                rows.add(first, last, row.get(label), row.get(text));
            } else {
                // Most often a comma in a text without quotes: to go on would cut the text.
                rows.reject(first, row.size() + " columns (expected: " + count + ")");
            }
        }
    }
}
