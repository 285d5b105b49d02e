package org.smsieve.benchmark;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.smsieve.app.demo.VerdictReader;

/**
 * When the output of each numbered message was first seen by a reader of committed records. It reads on a thread of its
 * own until it is closed. Safe for use by several threads.
 */
final class Arrivals implements AutoCloseable {
    private final VerdictReader reader;
    private final String deadLetters;
    private final long[] nanos;
    private int count;
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
        reader = new VerdictReader(bootstrapServers, topics.outputs(), this::take);
    }

    /** A message's number as its key. */
    static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private synchronized void take(ConsumerRecords<byte[], byte[]> records) {
        long now = System.nanoTime();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            int number = ByteBuffer.wrap(record.key()).getInt();
            if (nanos[number] == 0) {
                nanos[number] = now;
                count++;
                dead += record.topic().equals(deadLetters) ? 1 : 0;
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

    /** Messages that have become dead letters. */
    synchronized int dead() {
        return dead;
    }

    @Override
    public void close() {
        reader.close();
    }
}
