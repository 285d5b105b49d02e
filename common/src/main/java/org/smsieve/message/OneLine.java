package org.smsieve.message;

/** A text shown on one line of a terminal, whatever it holds. */
public final class OneLine {
    private OneLine() {}

    /**
     * The text with its control characters and line separators escaped as in Java: {@code \t}, {@code \n},
     * {@code \u001b}.
     */
    public static String of(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\t' -> line.append("\\t");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                default -> {
                    if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        line.append(String.format("\\u%04x", (int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        return line.toString();
    }
}
