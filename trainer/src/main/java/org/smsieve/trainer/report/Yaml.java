package org.smsieve.trainer.report;

import java.util.List;
import java.util.Map;

/** Maps, lists, texts and numbers as YAML 1.1 that a person can read, such as a model card's front matter. */
final class Yaml {
    private Yaml() {}

    /** The map's lines; every text in quotes, so that none is taken for a number, a truth value or a comment. */
    static String of(Map<String, ?> map) {
        StringBuilder lines = new StringBuilder();
        map.forEach((key, value) -> entry(key, value, "", lines));
        return lines.toString();
    }

    private static void entry(String key, Object value, String indent, StringBuilder lines) {
        lines.append(indent).append(key).append(':');
        value(value, indent, lines);
    }

    private static void value(Object value, String indent, StringBuilder lines) {
        if (value instanceof Map<?, ?> map) {
            lines.append('\n');
            map.forEach((key, inner) -> entry((String) key, inner, indent + "  ", lines));
        } else if (value instanceof List<?> list) {
            lines.append('\n');
            list.forEach(item -> item(item, indent, lines));
        } else {
            lines.append(' ')
                    .append(value instanceof String text ? quoted(text) : value)
                    .append('\n');
        }
    }

    private static void item(Object item, String indent, StringBuilder lines) {
        if (item instanceof Map<?, ?> map) {
            // The first entry stands behind the dash, the others below it.
            StringBuilder entries = new StringBuilder();
            map.forEach((key, value) -> entry((String) key, value, indent + "  ", entries));
            lines.append(indent).append("- ").append(entries.substring(indent.length() + 2));
        } else {
            lines.append(indent).append('-');
            value(item, indent, lines);
        }
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (isPrintable(c)) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format("\\u%04x", Character.isSurrogate((char) c) ? 0xfffd : c));
            }
        });
        return quoted.append('"').toString();
    }

    /** What YAML allows as it is, within one line; beyond the first 65,536 characters that is all. */
    private static boolean isPrintable(int c) {
        if (c > 0xffff) {
            return true;
        }
        return !Character.isISOControl(c)
                && !Character.isSurrogate((char) c)
                && c != 0x2028
                && c != 0x2029
                && c != 0xfeff
                && c < 0xfffe;
    }
}
