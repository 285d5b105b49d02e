package org.smsieve.app.topology;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.smsieve.app.config.AppConfig;
import org.smsieve.registry.ModelTopics;

/** The settings of Kafka Streams that the app's own settings come to. */
public final class StreamsProperties {
    /** Enough micro-batches in a poll to keep the engine busy while a commit goes on. */
    private static final int BATCHES_PER_POLL = 2;

    private StreamsProperties() {}

    /**
     * The app's defaults, over them the user's Kafka settings, over them what the guarantees rest on.
     *
     * @param refusing is told of a topic that refuses a record, on any thread
     * @throws ConfigException if Kafka does not take a value
     */
    public static StreamsConfig of(AppConfig config, Intake intake, Consumer<String> refusing) {
        Map<String, Object> properties = new HashMap<>();
        String pollRecords = Integer.toString(BATCHES_PER_POLL * config.batch().maxRecords());
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, pollRecords);
        // No more in flight than what is being polled: the engine's queue is the wait of the last record.
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, pollRecords);
        // Kafka's clients wait for nothing, Streams' for 100 ms.
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        // While the broker still ends the transaction before, it puts off a transaction's first batch, and then takes
        // those sent behind it for out of order: with one request at a time there are none behind it.
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");

        properties.putAll(config.kafka().values());

        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
        properties.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                config.processing().guarantee().kafkaName());
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                config.processing().commitInterval().toMillis());
        properties.put(
                StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.processing().threads());
        // Under at-least-once too: what an upstream transaction aborted was never sent.
        properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        properties.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                interceptors(config.kafka().values()));
        properties.put(StreamsConfig.mainConsumerPrefix(ClassifyAhead.INTAKE), intake);
        properties.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, RefusedRecords.class);
        properties.put(RefusedRecords.LISTENER, refusing);
        return new StreamsConfig(properties);
    }

    /**
     * The producer's {@code max.request.size}, in bytes.
     *
     * @throws ConfigException if it is not a number
     */
    public static int maxRequestBytes(StreamsConfig config) {
        String key = ProducerConfig.MAX_REQUEST_SIZE_CONFIG;
        Object value = config.getProducerConfigs("smsieve")
                .getOrDefault(key, ProducerConfig.configDef().defaultValues().get(key));
        return (Integer) ConfigDef.parseType(key, value, ConfigDef.Type.INT);
    }

    /** The topics of the models, by the user's Kafka settings. */
    public static ModelTopics modelTopics(AppConfig config, StreamsConfig streams) {
        return new ModelTopics(
                config.announced().topic(),
                config.announced().reports(),
                streams.getGlobalConsumerConfigs("smsieve-models"),
                streams.getProducerConfigs("smsieve-models"),
                streams.getAdminConfigs("smsieve-models"));
    }

    /** The user's interceptors and then ours, which thus sees records as they will be processed. */
    private static String interceptors(Map<String, String> kafka) {
        String key = ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG;
        Stream<String> users = Stream.of(StreamsConfig.mainConsumerPrefix(key), StreamsConfig.consumerPrefix(key), key)
                .map(kafka::get)
                .filter(Objects::nonNull)
                .limit(1);
        return Stream.concat(users, List.of(ClassifyAhead.class.getName()).stream())
                .collect(Collectors.joining(","));
    }
}
