package org.smsieve.trainer;

import java.time.Duration;

/** Runs from when it is made. */
final class Stopwatch {
    private final long begin = System.nanoTime();

    /** The time since then. */
    Duration time() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
