package org.smsieve.benchmark;

import java.time.Duration;
import java.util.Arrays;

/**
 * How many records a second come out while there are always more to be read.
 *
 * @param records that were counted
 * @param bursts in which they came: a transaction, or what a call of the model gave
 * @param seconds in which they came
 */
record Saturation(int records, int bursts, double seconds) {
    /** With fewer, the share of the first or the last burst is more than the figure's noise. */
    private static final int ENOUGH_RECORDS = 500;

    private static final int ENOUGH_BURSTS = 10;

    double perSecond() {
        return records / seconds;
    }

    /** Whether that is enough for a figure. */
    boolean isEnough() {
        return records >= ENOUGH_RECORDS && bursts >= ENOUGH_BURSTS;
    }

    /**
     * Counts records by when they came. They come in bursts, so that the time is measured from one burst to another:
     * from the first one after the warm-up, which does not count, to the last one.
     *
     * @param arrivedNanos when each came, in any order; 0: not
     * @param warmUp the time after the first record that does not count
     * @return no record where there are not two bursts to measure between
     */
    static Saturation of(long[] arrivedNanos, Duration warmUp) {
        long[] sorted =
                Arrays.stream(arrivedNanos).filter(nanos -> nanos != 0).sorted().toArray();
        long from = sorted.length == 0 ? 0 : sorted[0] + warmUp.toNanos();
        long first =
                Arrays.stream(sorted).filter(nanos -> nanos >= from).findFirst().orElse(Long.MAX_VALUE);
        long[] counted = Arrays.stream(sorted).filter(nanos -> nanos > first).toArray();
        if (counted.length == 0) {
            return new Saturation(0, 0, 1);
        }
        int bursts = (int) Arrays.stream(counted).distinct().count();
        return new Saturation(counted.length, bursts, (counted[counted.length - 1] - first) / 1e9);
    }
}
