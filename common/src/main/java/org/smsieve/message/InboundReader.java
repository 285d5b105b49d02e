package org.smsieve.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.smsieve.message.Inbound.Unreadable;

/**
 * Reads a record's value as a message. Whatever the bytes, it answers and does not throw. Immutable, safe for use by
 * several threads.
 *
 * @param format how the text stands in the value
 * @param maxBytes the largest value that is read, in bytes, at least 1
 */
public record InboundReader(InputFormat format, int maxBytes) {
    public InboundReader {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: at least 1)");
        }
    }

    /**
     * Reads a value.
     *
     * @param value a record's value as it came, or null
     */
    public Inbound read(byte[] value) {
        if (value == null) {
            return new Unreadable(DeadLetterReason.NULL_VALUE, "the record has no value");
        }
        if (value.length > maxBytes) {
            return new Unreadable(
                    DeadLetterReason.TOO_LARGE, value.length + " bytes, more than input.max-bytes=" + maxBytes);
        }
        ByteBuffer bytes = ByteBuffer.wrap(value);
        String text;
        try {
            // A new decoder reports malformed input, where String's constructor would replace it.
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return new Unreadable(DeadLetterReason.NOT_UTF8, "byte " + bytes.position() + " begins no UTF-8 character");
        }
        try {
            return format.read(text);
        } catch (RuntimeException e) {
            return new Unreadable(DeadLetterReason.DEFECT, e.getClass().getName() + " while reading the value");
        }
    }
}
