package org.smsieve.message;

/** Why a record went to the dead letter topic: a closed set, so that it can be a metric's tag. */
public enum DeadLetterReason {
    /** The record has no value (a tombstone). */
    NULL_VALUE("null-value"),
    /** The value has more bytes than {@code input.max-bytes}. */
    TOO_LARGE("too-large"),
    /** The value's bytes are not UTF-8. */
    NOT_UTF8("not-utf8"),
    /** The value is not one well-formed JSON object, or is nested too deeply. */
    MALFORMED_JSON("malformed-json"),
    /** The JSON object has nothing at the place of the text. */
    MISSING_TEXT("missing-text"),
    /** What stands at the place of the text is not a string. */
    TEXT_NOT_A_STRING("text-not-a-string"),
    /** The model fails on this message, and on no other. */
    REJECTED("rejected"),
    /** The labelled record would be larger than the producer's {@code max.request.size}. */
    OUTPUT_TOO_LARGE("output-too-large"),
    /** A defect of smsieve that this record laid bare. */
    DEFECT("defect");

    private final String tag;

    DeadLetterReason(String tag) {
        this.tag = tag;
    }

    /** The reason in lower case with hyphens, as metrics and dead letters name it. */
    public String tag() {
        return tag;
    }
}
