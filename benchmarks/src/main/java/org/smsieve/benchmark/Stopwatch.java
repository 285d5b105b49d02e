package org.smsieve.benchmark;

import java.util.List;
import java.util.function.Consumer;

/**
 * Measures how fast something goes.
 *
 * @param seconds the least time that it takes for a figure
 */
record Stopwatch(double seconds) {
    private static final int WARM_UP_SIZE = 8;

    /** Java compiles on the way what all figures need: the first would be half of what it is later. */
    <T> void warmUp(List<T> items, Consumer<List<T>> work) {
        rate(items, WARM_UP_SIZE, work);
    }

    /** Items a second: the items over and over in batches, after one batch to warm up. */
    <T> double rate(List<T> items, int size, Consumer<List<T>> work) {
        work.accept(items.subList(0, size));
        long start = System.nanoTime();
        long done = 0;
        for (int begin = 0; System.nanoTime() - start < seconds * 1e9; begin = (begin + size) % items.size()) {
            work.accept(items.subList(begin, begin + size));
            done += size;
        }
        return done * 1e9 / (System.nanoTime() - start);
    }
}
