package org.smsieve.trainer.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * A file's text, and which of its lines are not UTF-8. A row on such a line is bad; the others can still be read.
 *
 * @param text without a byte order mark, with U+FFFD for what is not UTF-8
 * @param malformedLines the numbers of the lines that are not UTF-8, the first line being 1
 */
record DecodedText(String text, BitSet malformedLines) {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    static DecodedText of(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        BitSet malformedLines = new BitSet();
        CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
        int line = 1;
        for (int start = 0; start < bytes.length; line++) {
            int end = lineEnd(bytes, start);
            try {
                text.append(strict.decode(ByteBuffer.wrap(bytes, start, end - start)));
            } catch (CharacterCodingException e) {
                malformedLines.set(line);
                text.append(new String(bytes, start, end - start, StandardCharsets.UTF_8));
            }
            start = end;
        }
        if (text.indexOf(BYTE_ORDER_MARK) == 0) {
            text.deleteCharAt(0);
        }
        return new DecodedText(text.toString(), malformedLines);
    }

    /** The place after the next line feed, a byte that is never a part of another character. */
    private static int lineEnd(byte[] bytes, int start) {
        for (int i = start; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return bytes.length;
    }
}
