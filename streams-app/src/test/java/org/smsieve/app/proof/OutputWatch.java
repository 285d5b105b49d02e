package org.smsieve.app.proof;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads committed outputs as they come, and measures the longest time in which none came. */
final class OutputWatch implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::run, "output-watch");
    private final AtomicInteger received = new AtomicInteger();
    private long last = System.nanoTime();
    private long longestNanos;

    OutputWatch(String bootstrapServers, Collection<String> topics) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.start();
    }

    private void run() {
        try (consumer) {
            while (true) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(1));
                if (!records.isEmpty()) {
                    synchronized (this) {
                        long now = System.nanoTime();
                        longestNanos = Math.max(longestNanos, now - last);
                        last = now;
                    }
                    received.addAndGet(records.count());
                }
            }
        } catch (WakeupException e) {
            // Closed.
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
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
