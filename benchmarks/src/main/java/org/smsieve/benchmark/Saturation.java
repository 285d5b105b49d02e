package org.smsieve.benchmark;

import java.util.Arrays;

/**
 * How many records a second come out while there are always more to be read.
 *
 * @param records that were counted
 * @param seconds in which they came
 */
record Saturation(int records, double seconds) {
    double perSecond() {
        return records / seconds;
    }

    /**
     * Counts records by when they came. They come in bursts, a transaction at a time, so that the time is measured from
     * one burst to another: from the first one after the warm-up, which does not count, to the last one.
     *
     * @param arrivedNanos when each came, in any order
     * @param warmUpNanos the time after the first record that does not count
     * @param windowNanos the time after the warm-up that counts
     * @return no record where there are not two bursts to measure between
     */
    static Saturation of(long[] arrivedNanos, long warmUpNanos, long windowNanos) {
        long[] sorted = Arrays.stream(arrivedNanos).sorted().toArray();
        if (sorted.length == 0) {
            return new Saturation(0, 1);
        }
        long from = sorted[0] + warmUpNanos;
        long first =
                Arrays.stream(sorted).filter(nanos -> nanos >= from).findFirst().orElse(Long.MAX_VALUE);
        long[] counted = Arrays.stream(sorted)
                .filter(nanos -> nanos > first && nanos - from <= windowNanos)
                .toArray();
        return counted.length == 0
                ? new Saturation(0, 1)
                : new Saturation(counted.length, (counted[counted.length - 1] - first) / 1e9);
    }
}
