package org.smsieve.registry;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A small topic read whole, from its beginning, without a consumer group, and then followed. For use by one thread, but
 * {@link #wakeUp}.
 */
public final class TopicLog implements AutoCloseable {
    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    private TopicLog(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        this.consumer = consumer;
        this.partitions = partitions;
    }

    /**
     * Opens a topic.
     *
     * @param kafka settings of a consumer, such as {@code bootstrap.servers}
     * @return empty if there is no such topic
     * @throws org.apache.kafka.common.KafkaException if the brokers do not answer, or refuse
     */
    public static Optional<TopicLog> open(Map<String, Object> kafka, String topic) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.keySet().removeAll(List.of(ConsumerConfig.GROUP_ID_CONFIG, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                consumer.close();
                return Optional.empty();
            }
            List<TopicPartition> partitions = found.stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return Optional.of(new TopicLog(consumer, partitions));
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** What has come since, waiting for it so long; perhaps nothing. */
    public ConsumerRecords<byte[], byte[]> poll(Duration wait) {
        return consumer.poll(wait);
    }

    /**
     * Reads all that is there now.
     *
     * @param receiver is given each record
     * @param limit how long that may take
     * @return whether it was all read in time
     */
    public boolean readToEnd(java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> receiver, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, limit);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), limit) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            consumer.poll(Duration.ofMillis(100)).forEach(receiver);
        }
        return true;
    }

    /** Has a {@link #poll} that waits throw {@link org.apache.kafka.common.errors.WakeupException}. Any thread's. */
    public void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
