package org.smsieve.trainer.report;

import java.util.regex.Pattern;

/** Names that users chose, in Markdown (CommonMark and GitHub's tables). */
final class Markdown {
    private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_\\[\\]<>|#~&$]");
    private static final Pattern LINE_ENDS = Pattern.compile("\\R|\\p{Cntrl}");

    private Markdown() {}

    /** Text that stands for itself on one line, in a table or not. */
    static String text(String text) {
        return SPECIAL.matcher(LINE_ENDS.matcher(text).replaceAll(" ")).replaceAll("\\\\$0");
    }

    /** A block of code, whatever it holds. */
    static String block(String code) {
        String fence = "```";
        while (code.contains(fence)) {
            fence += "`";
        }
        return fence + "\n" + code + "\n" + fence + "\n";
    }
}
