package org.smsieve.app.proof;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.smsieve.app.demo.VerdictReader;

/** Reads committed outputs as they come, and measures the longest time in which none came. */
final class OutputWatch implements AutoCloseable {
    private final VerdictReader reader;
    private final AtomicInteger received = new AtomicInteger();
    private long last = System.nanoTime();
    private long longestNanos;

    OutputWatch(String bootstrapServers, Collection<String> topics) {
        reader = new VerdictReader(bootstrapServers, topics, this::received);
    }

    private void received(ConsumerRecords<byte[], byte[]> records) {
        if (!records.isEmpty()) {
            synchronized (this) {
                long now = System.nanoTime();
                longestNanos = Math.max(longestNanos, now - last);
                last = now;
            }
            received.addAndGet(records.count());
        }
    }

    /** Records so far. */
    int received() {
        return received.get();
    }

    /** Begins to measure anew. */
    synchronized void startInterval() {
        longestNanos = 0;
    }

    /** The longest time without an output since {@link #startInterval}. */
    synchronized long longestGapMillis() {
        return Duration.ofNanos(longestNanos).toMillis();
    }

    @Override
    public void close() {
        reader.close();
    }
}
