package org.smsieve.app.demo;

import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Counts the demo's own messages on their way out and measures how long they took. Safe for use by several threads. */
final class DemoFigures {
    private static final double[] PERCENTILES = {50, 95, 99, 100};

    private final long[] sentNanos;
    private final Histogram latencyMicros = new Histogram(3);
    private final Map<String, Integer> counts = new TreeMap<>();
    private final CompletableFuture<Void> complete = new CompletableFuture<>();
    private final Set<Integer> seen = new HashSet<>();
    private long lastNanos;

    /**
     * No message sent yet.
     *
     * @param messages how many will be
     */
    DemoFigures(int messages) {
        sentNanos = new long[messages];
    }

    /** The message of a line is sent; only its first time counts. */
    synchronized void sent(int line) {
        if (sentNanos[line] == 0) {
            sentNanos[line] = System.nanoTime();
        }
    }

    /** The message of a line came out, as {@code kind}: its label, or a dead letter. */
    synchronized void received(int line, String kind) {
        if (line >= sentNanos.length || sentNanos[line] == 0 || !seen.add(line)) {
            // Another client's, or sent again.
            return;
        }
        lastNanos = System.nanoTime();
        latencyMicros.recordValue(TimeUnit.NANOSECONDS.toMicros(lastNanos - sentNanos[line]));
        counts.merge(kind, 1, Integer::sum);
        if (latencyMicros.getTotalCount() == sentNanos.length) {
            complete.complete(null);
        }
    }

    /** Done when every message has come out. */
    CompletableFuture<Void> complete() {
        return complete;
    }

    /** Prints counts, throughput and latency. */
    synchronized void print(PrintWriter out) {
        out.println();
        counts.forEach((kind, count) -> out.printf(Locale.ROOT, "%-12s %7d%n", kind, count));
        out.printf(Locale.ROOT, "%-12s %7d%n", "total", latencyMicros.getTotalCount());
        double seconds = (lastNanos - sentNanos[0]) / (double) TimeUnit.SECONDS.toNanos(1);
        out.printf(Locale.ROOT, "%nthroughput   %.0f messages a second%n", latencyMicros.getTotalCount() / seconds);
        out.print("latency     ");
        for (double percentile : PERCENTILES) {
            double millis = latencyMicros.getValueAtPercentile(percentile) / 1000.0;
            String name = percentile == 100 ? "max" : "p" + (int) percentile;
            out.printf(Locale.ROOT, " %s %.0f ms", name, millis);
        }
        out.printf(Locale.ROOT, " (sent to read, all at once)%n%n");
        out.flush();
    }
}
