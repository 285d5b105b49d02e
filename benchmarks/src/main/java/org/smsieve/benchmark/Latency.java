package org.smsieve.benchmark;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How long messages took at one load, from when they were due to be sent until their committed output was read.
 *
 * @param load the share of the saturated rate
 * @param perSecond messages sent a second
 * @param micros of each, in microseconds; of one that has not come, the time until it was given up
 * @param missing those that had not come when they were given up
 */
record Latency(double load, double perSecond, Histogram micros, int missing) {
    /**
     * From times.
     *
     * @param due when each message was to be sent, in nanoseconds
     * @param arrived when each came; 0: not
     * @param first the number of the first message in {@code arrived}
     * @param now when those that have not come are given up
     */
    static Latency of(double load, double perSecond, long[] due, long[] arrived, int first, long now) {
        Histogram micros = new Histogram(3);
        int missing = 0;
        for (int i = 0; i < due.length; i++) {
            boolean came = arrived[first + i] != 0;
            missing += came ? 0 : 1;
            micros.recordValue(TimeUnit.NANOSECONDS.toMicros((came ? arrived[first + i] : now) - due[i]));
        }
        return new Latency(load, perSecond, micros, missing);
    }

    /** A percentile in milliseconds. */
    double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }
}
