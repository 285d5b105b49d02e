package org.smsieve.trainer.data;

import java.util.Locale;

/** How many messages of each class the parts of a split have, as a table for a person. */
public final class ClassTable {
    private static final int NUMBER_WIDTH = 7;

    private ClassTable() {}

    /** A heading and a line a part, each ended by a line feed. */
    public static String of(Split split) {
        StringBuilder table = new StringBuilder(name(""));
        table.append(cell("messages", "messages"));
        split.labels().forEach(label -> table.append(cell(label, label)));
        table.append('\n');
        append("train", split.train(), table);
        append("validation", split.validation(), table);
        append("test", split.test(), table);
        return table.toString();
    }

    private static void append(String name, Dataset part, StringBuilder table) {
        table.append(name(name)).append(cell(number(part.size()), "messages"));
        part.counts().forEach((label, count) -> table.append(cell(number(count), label)));
        table.append('\n');
    }

    private static String name(String name) {
        return String.format(Locale.ROOT, "%-10s", name);
    }

    /** A cell that ends where its heading ends. */
    private static String cell(String content, String heading) {
        return String.format(Locale.ROOT, "  %" + Math.max(heading.length(), NUMBER_WIDTH) + "s", content);
    }

    private static String number(int count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
