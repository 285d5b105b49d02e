package org.smsieve.download;

import java.time.Duration;

/**
 * How long a download waits and how often it tries.
 *
 * @param connect longest wait for a connection
 * @param silence longest wait for an answer, or for more of it
 * @param attempts how often in a row the transfer may break without having got any further, at least 1
 * @param pause before the second attempt; doubled for each further one, up to 32 times
 */
public record Patience(Duration connect, Duration silence, int attempts, Duration pause) {
    /** For files from the internet. */
    public static final Patience DEFAULT =
            new Patience(Duration.ofSeconds(15), Duration.ofSeconds(30), 6, Duration.ofSeconds(1));

    private static final int MOST_DOUBLINGS = 5;

    /** @throws IllegalArgumentException if there is to be no attempt at all */
    public Patience {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts: " + attempts + " (expected: at least 1)");
        }
    }

    /** How long to wait after so many failures in a row, counted from 1. */
    public Duration pauseAfter(int failures) {
        return pause.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    }
}
