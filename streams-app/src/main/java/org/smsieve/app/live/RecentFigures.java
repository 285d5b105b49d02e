package org.smsieve.app.live;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Throughput and latency of the last five minutes, second by second, and of the last ten seconds. Metrics leave it to
 * their reader to make rates of counters; the page has no such reader behind it. Safe for use by several threads.
 */
final class RecentFigures {
    /** How many samples are kept. */
    static final int KEPT = 300;

    /** How many make up the present: a second alone is too restless to be read. */
    static final int PRESENT = 10;

    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int DIGITS = 2;

    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Recorder recorder = new Recorder(LONGEST_MICROS, DIGITS);
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Deque<Interval> present = new ArrayDeque<>();
    private long began;

    private record Interval(Histogram micros, double seconds) {}

    RecentFigures(Clock clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        began = nanoTime.getAsLong();
    }

    /** A record is done. Does not wait. */
    void record(long nanos) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        recorder.recordValue(Math.max(0, Math.min(micros, LONGEST_MICROS)));
    }

    /** Ends a sample, and begins the next. */
    synchronized Sample sample() {
        long now = nanoTime.getAsLong();
        double seconds = Math.max(1, now - began) / (double) TimeUnit.SECONDS.toNanos(1);
        began = now;
        Interval interval = new Interval(recorder.getIntervalHistogram(), seconds);
        Sample sample = of(List.of(interval));
        add(present, interval, PRESENT);
        add(samples, sample, KEPT);
        return sample;
    }

    private static <T> void add(Deque<T> kept, T next, int limit) {
        kept.addLast(next);
        if (kept.size() > limit) {
            kept.removeFirst();
        }
    }

    private Sample of(Iterable<Interval> intervals) {
        Histogram all = new Histogram(LONGEST_MICROS, DIGITS);
        double seconds = 0;
        for (Interval interval : intervals) {
            all.add(interval.micros());
            seconds += interval.seconds();
        }
        double rate = seconds == 0 ? 0 : all.getTotalCount() / seconds;
        return new Sample(clock.instant(), rate, millis(all, 50), millis(all, 99));
    }

    private static double millis(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? Double.NaN : micros.getValueAtPercentile(percentile) / 1_000.0;
    }

    /** The last ten samples as one. */
    synchronized Sample now() {
        return of(present);
    }

    /** The samples kept, the oldest first. */
    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }
}
