package org.smsieve.app.topology;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.smsieve.app.config.Topics;
import org.smsieve.message.OutputFormat;

/**
 * The topology: the input topic, the processor that joins records with their verdicts, a sink for each label and one
 * for the dead letters. Keys and values are bytes up to the processor, so that nothing fails before it.
 */
public final class SmsTopology {
    static final String DEAD_LETTER_SINK = "dead-letter";

    private static final String SOURCE = "inbound";
    private static final String PROCESSOR = "classify";

    private SmsTopology() {}

    /**
     * Builds the topology.
     *
     * @param topics the names of the topics
     * @param labels the model's labels
     * @param intake where records become messages
     * @param format what labelled values hold
     * @param maxRequestBytes the producer's {@code max.request.size}, in bytes
     */
    public static Topology build(
            Topics topics, List<String> labels, Intake intake, OutputFormat format, int maxRequestBytes) {
        Topology topology = new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        SOURCE,
                        SmsTopology::timestamp,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        topics.input())
                .addProcessor(PROCESSOR, () -> new ClassifyProcessor(intake, format, maxRequestBytes), SOURCE);
        for (String label : labels) {
            addSink(topology, sink(label), topics.output(label));
        }
        return addSink(topology, DEAD_LETTER_SINK, topics.deadLetter());
    }

    static String sink(String label) {
        return "label-" + label;
    }

    private static Topology addSink(Topology topology, String name, String topic) {
        return topology.addSink(
                name, topic, new ByteArraySerializer(), Outbound.SERIALIZER, Outbound.PARTITIONER, PROCESSOR);
    }

    /** The record's own; Streams would drop a record that has none, so that one gets the time of day. */
    private static long timestamp(ConsumerRecord<Object, Object> record, long partitionTime) {
        return record.timestamp() >= 0 ? record.timestamp() : System.currentTimeMillis();
    }
}
