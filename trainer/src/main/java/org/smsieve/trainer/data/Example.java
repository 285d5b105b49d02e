package org.smsieve.trainer.data;

import java.util.Objects;

/**
 * One labelled message.
 *
 * @param label the name of its class, such as {@code ham}
 * @param text the message as it was written, never empty
 */
public record Example(String label, String text) {
    public Example {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(text, "text");
    }
}
