package org.smsieve.app.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Sees every poll of the main consumer and puts all its records to work before Kafka Streams processes the first, so
 * that the engine has many to batch. Without it, or where it fails, {@link ClassifyProcessor} does the same record by
 * record. Made by Kafka, one for each stream thread, which alone uses it.
 */
public final class ClassifyAhead implements ConsumerInterceptor<byte[], byte[]> {
    /** The consumer's setting that holds the {@link Intake}. */
    static final String INTAKE = "smsieve.intake";

    private Intake intake;
    private int mostRecords;

    @Override
    public void configure(Map<String, ?> configs) {
        intake = (Intake) configs.get(INTAKE);
        mostRecords = (Integer) ConfigDef.parseType(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                configs.get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
                ConfigDef.Type.INT);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        Poll poll = intake.poll(records.count(), records.count() >= mostRecords);
        Queue<Iterator<ConsumerRecord<byte[], byte[]>>> partitions = new ArrayDeque<>();
        for (TopicPartition partition : records.partitions()) {
            partitions.add(records.records(partition).iterator());
        }
        // The partitions in turn, a record each: about the order in which Streams will ask for the verdicts.
        List<ConsumerRecord<byte[], byte[]>> inTurn = new ArrayList<>(records.count());
        while (!partitions.isEmpty()) {
            Iterator<ConsumerRecord<byte[], byte[]>> partition = partitions.remove();
            if (partition.hasNext()) {
                inTurn.add(partition.next());
                partitions.add(partition);
            }
        }
        List<PendingVerdict> pending =
                intake.submitAll(inTurn.stream().map(ConsumerRecord::value).toList(), poll);
        for (int i = 0; i < inTurn.size(); i++) {
            inTurn.get(i).headers().add(pending.get(i));
        }
        intake.metrics().submittedAhead(records.count());
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
}
