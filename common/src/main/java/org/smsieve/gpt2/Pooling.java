package org.smsieve.gpt2;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.smsieve.checkpoint.CheckpointException;

/** The position whose hidden state is classified. */
public enum Pooling {
    /** The last token of the message itself, so that a message's scores do not depend on padding. */
    LAST_TOKEN("last-token"),
    /** The last position after every message was padded to one fixed length: usually a padding token. */
    LAST_POSITION("last-position");

    private final String label;

    Pooling(String label) {
        this.label = label;
    }

    /** {@code last-token} or {@code last-position}. */
    @JsonValue
    public String label() {
        return label;
    }

    /** The pooling of that {@link #label()}. */
    @JsonCreator
    public static Pooling of(String label) {
        for (Pooling pooling : values()) {
            if (pooling.label.equals(label)) {
                return pooling;
            }
        }
        throw new CheckpointException("pooling: " + label + " (expected: last-token or last-position)");
    }

    @Override
    public String toString() {
        return label;
    }
}
