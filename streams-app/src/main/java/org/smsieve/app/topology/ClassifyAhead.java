package org.smsieve.app.topology;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Sees every poll of the main consumer and puts all its records to work before Kafka Streams processes the first, so
 * that the engine has many to batch. Without it, or where it fails, {@link ClassifyProcessor} does the same record by
 * record. Made by Kafka, one for each stream thread, which alone uses it.
 */
public final class ClassifyAhead implements ConsumerInterceptor<byte[], byte[]> {
    /** The consumer's setting that holds the {@link Intake}. */
    static final String INTAKE = "smsieve.intake";

    private Intake intake;

    @Override
    public void configure(Map<String, ?> configs) {
        intake = (Intake) configs.get(INTAKE);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        AtomicInteger leftInPoll = new AtomicInteger(records.count());
        Queue<Iterator<ConsumerRecord<byte[], byte[]>>> partitions = new ArrayDeque<>();
        for (TopicPartition partition : records.partitions()) {
            partitions.add(records.records(partition).iterator());
        }
        // The partitions in turn, a record each: about the order in which Streams will ask for the verdicts.
        while (!partitions.isEmpty()) {
            Iterator<ConsumerRecord<byte[], byte[]>> partition = partitions.remove();
            if (partition.hasNext()) {
                ConsumerRecord<byte[], byte[]> record = partition.next();
                record.headers().add(intake.submit(record.value(), leftInPoll));
                partitions.add(partition);
            }
        }
        intake.metrics().submittedAhead(records.count());
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
}
