package org.smsieve.app.topology;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * The value of a record on its way out.
 *
 * @param bytes the value; null for a tombstone
 * @param partition the input partition it came from
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes pass through here by the thousand, and are not compared.
record Outbound(byte[] bytes, int partition) {
    static final Serializer<Outbound> SERIALIZER = (topic, outbound) -> outbound.bytes();

    /**
     * Keeps a record in the partition of its number, in a topic of fewer partitions in the remainder's. So the records
     * of an input partition stay in one partition of each output topic, in order, whatever their keys.
     */
    static final StreamPartitioner<byte[], Outbound> PARTITIONER =
            (topic, key, outbound, partitions) -> Optional.of(Set.of(outbound.partition() % partitions));
}
