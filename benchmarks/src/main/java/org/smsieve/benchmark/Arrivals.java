package org.smsieve.benchmark;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * When the output of each numbered message was first seen by a reader of committed records. It reads on a thread of its
 * own until it is closed. Safe for use by several threads.
 */
final class Arrivals implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String deadLetters;
    private final Thread thread = new Thread(this::run, "smsieve-benchmark-reader");
    private final long[] nanos;
    private int count;
    private int doubled;
    private int dead;

    /**
     * Begins to read.
     *
     * @param topics exist
     * @param messages how many numbers there are, from 0
     */
    Arrivals(String bootstrapServers, StreamTopics topics, int messages) {
        nanos = new long[messages];
        deadLetters = topics.deadLetter();
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "max.poll.records",
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = topics.outputs().stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.setDaemon(true);
        thread.start();
    }

    /** A message's number as its key. */
    static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private void run() {
        try (consumer) {
            while (true) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(1));
                take(records, System.nanoTime());
            }
        } catch (WakeupException e) {
            // Closed.
        }
    }

    private synchronized void take(ConsumerRecords<byte[], byte[]> records, long now) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            int number = ByteBuffer.wrap(record.key()).getInt();
            if (nanos[number] == 0) {
                nanos[number] = now;
                count++;
                dead += record.topic().equals(deadLetters) ? 1 : 0;
            } else {
                doubled++;
            }
        }
        notifyAll();
    }

    /** Waits until so many messages have come, or some time has passed; whether they have. */
    synchronized boolean await(int messages, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (count < messages) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** When each message came, by {@link System#nanoTime}; 0: not yet. */
    synchronized long[] nanos() {
        return nanos.clone();
    }

    /** Messages that have come. */
    synchronized int count() {
        return count;
    }

    /** Outputs besides the first of a message. */
    synchronized int doubled() {
        return doubled;
    }

    /** Messages that have become dead letters. */
    synchronized int dead() {
        return dead;
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
