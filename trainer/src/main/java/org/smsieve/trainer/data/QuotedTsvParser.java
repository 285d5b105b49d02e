package org.smsieve.trainer.data;

import java.util.ArrayList;
import java.util.List;

/**
 * TSV as {@code pandas.read_csv(file, sep="\t", header=None)} reads it: a field that begins with a quote runs to the
 * closing quote, over tabs and line ends; two quotes in it are one; what follows the closing quote is taken as it is. A
 * quote inside a field that begins otherwise is an ordinary character. The states are those of
 * {@code pandas/_libs/src/parser/tokenizer.c}.
 */
final class QuotedTsvParser implements RowParser {
    @Override
    public void parse(String content, RowCollector rows) {
        new Reading(content, rows).run();
    }

    /** One reading of one file. */
    private static final class Reading {
        private final String content;
        private final RowCollector rows;
        private final List<String> fields = new ArrayList<>();
        private final StringBuilder field = new StringBuilder();
        private int position;
        private int line = 1;
        private int firstLine = 1;
        private boolean quoted;

        Reading(String content, RowCollector rows) {
            this.content = content;
            this.rows = rows;
        }

        void run() {
            boolean fieldStart = true;
            while (position < content.length()) {
                char c = content.charAt(position++);
                if (quoted) {
                    takeQuoted(c);
                } else if (c == '"' && fieldStart) {
                    quoted = true;
                    fieldStart = false;
                } else if (c == '\t') {
                    endField();
                    fieldStart = true;
                } else if (c == '\n' || c == '\r') {
                    endRow();
                    skipLineEnd(c);
                    fieldStart = true;
                } else {
                    field.append(c);
                    fieldStart = false;
                }
            }
            if (quoted) {
                rows.rejectRest(firstLine, "a quote that is not closed");
            } else {
                endRow();
            }
        }

        private void takeQuoted(char c) {
            if (c != '"') {
                field.append(c);
                line += c == '\n' ? 1 : 0;
            } else if (position < content.length() && content.charAt(position) == '"') {
                field.append(c);
                position++;
            } else {
                quoted = false;
            }
        }

        private void skipLineEnd(char c) {
            if (c == '\r' && position < content.length() && content.charAt(position) == '\n') {
                position++;
            }
            line++;
            firstLine = line;
        }

        private void endField() {
            fields.add(field.toString());
            field.setLength(0);
        }

        private void endRow() {
            endField();
            if (fields.size() == 2) {
                rows.add(firstLine, line, fields.get(0), fields.get(1));
            } else if (fields.size() > 2 || !fields.get(0).isEmpty()) {
                rows.reject(firstLine, fields.size() + " columns (expected: 2, label and text)");
            }
            fields.clear();
        }
    }
}
