package org.smsieve.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.smsieve.command.UserException;

/** Sends numbered messages to an input topic, over its partitions in turn. For use by one thread. */
final class Sender implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final StreamTopics topics;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    Sender(String bootstrapServers, StreamTopics topics) {
        this.topics = topics;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends messages as fast as the broker takes them, and waits until it has. */
    void fill(List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            send(i, texts.get(i));
        }
        flush();
    }

    /**
     * Sends messages when they are due, whatever has become of those before them. Where the sender itself is late, it
     * does not wait.
     *
     * @param number the first message's
     * @param dueNanos when each is to be sent, by {@link System#nanoTime}
     */
    void send(int number, List<String> texts, long[] dueNanos) {
        for (int i = 0; i < dueNanos.length; i++) {
            long wait = dueNanos[i] - System.nanoTime();
            while (wait > 0) {
                LockSupport.parkNanos(wait);
                wait = dueNanos[i] - System.nanoTime();
            }
            send(number + i, texts.get(i));
        }
        flush();
    }

    /**
     * When messages that know nothing of each other are sent: at times spread evenly and at random over a duration.
     *
     * @param count how many
     * @param durationNanos in which they are sent, from now
     */
    static long[] schedule(int count, long durationNanos, Random random) {
        long start = System.nanoTime();
        return random.doubles(count)
                .sorted()
                .mapToLong(share -> start + (long) (share * durationNanos))
                .toArray();
    }

    private void send(int number, String text) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topics.input(),
                number % topics.partitions(),
                Arrivals.key(number),
                text.getBytes(StandardCharsets.UTF_8));
        // Its callback tells of an error.
        Future<RecordMetadata> unused = producer.send(record, (metadata, error) -> {
            if (error != null) {
                failure.compareAndSet(null, error);
            }
        });
    }

    private void flush() {
        producer.flush();
        Exception error = failure.get();
        if (error != null) {
            throw new UserException("a message cannot be sent: " + error.getMessage(), error);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
