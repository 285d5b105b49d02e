package org.smsieve.app.swap;

import java.time.Instant;
import java.util.Locale;

/**
 * Something that became of an announced model.
 *
 * @param time when
 * @param outcome what
 * @param model which, {@code name@version}
 * @param reason why; empty where that goes without saying
 */
public record SwapEvent(Instant time, Outcome outcome, String model, String reason) {
    /** What can become of an announced model: a closed set, so that it can be a metric's tag. */
    public enum Outcome {
        /** It classifies now. */
        SWAPPED,
        /** It failed a check, or could not be had; the model before goes on. */
        REFUSED,
        /** It shadows the model that classifies. */
        SHADOWED,
        /** It did well as a shadow, and is announced to be served. */
        PROMOTED,
        /** It did not do well as a shadow, or failed, and shadows no longer. */
        DROPPED;

        /** The outcome in lower case, as metrics and the status name it. */
        public String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
