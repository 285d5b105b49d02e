package org.smsieve.app.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.smsieve.command.UserException;
import org.smsieve.settings.Nearest;
import org.smsieve.settings.SettingValues;

/**
 * Kafka's own settings, passed on as they are but for those that the app's guarantees rest on.
 *
 * @param values Kafka's names, without the prefix {@link #PREFIX}, and their values; secrets among them
 */
public record KafkaSettings(Map<String, String> values) {
    /** What Kafka's names begin with among the app's settings, {@value}. */
    public static final String PREFIX = SettingValues.KAFKA_PREFIX;

    private static final List<String> CLIENT_PREFIXES = List.of(
            StreamsConfig.MAIN_CONSUMER_PREFIX,
            StreamsConfig.RESTORE_CONSUMER_PREFIX,
            StreamsConfig.GLOBAL_CONSUMER_PREFIX,
            StreamsConfig.CONSUMER_PREFIX,
            StreamsConfig.PRODUCER_PREFIX,
            StreamsConfig.ADMIN_CLIENT_PREFIX);

    /** What cannot be set here, with the way to go instead. */
    private static final Map<String, String> OWNED = owned();

    public KafkaSettings {
        values = Map.copyOf(values);
        values.keySet().forEach(KafkaSettings::check);
        if (values.getOrDefault(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "").isBlank()) {
            throw new UserException(
                    PREFIX + "bootstrap.servers: not set (expected: the brokers, as host:port,host:port)");
        }
    }

    private static void check(String key) {
        String name = withoutClient(key);
        if (OWNED.containsKey(name)) {
            throw new UserException(PREFIX + key + ": cannot be set (" + OWNED.get(name) + ")");
        }
        Set<String> known = known();
        if (!known.contains(name)) {
            // A plug-in's own setting has a name that Kafka does not know either: only a near miss is an error.
            Optional<String> meant = Nearest.to(name, known, 2);
            if (meant.isPresent()) {
                String client = key.substring(0, key.length() - name.length());
                throw new UserException(
                        PREFIX + key + ": unknown setting (did you mean " + PREFIX + client + meant.get() + "?)");
            }
        }
    }

    private static String withoutClient(String key) {
        return CLIENT_PREFIXES.stream()
                .filter(key::startsWith)
                .findFirst()
                .map(prefix -> key.substring(prefix.length()))
                .orElse(key);
    }

    private static Set<String> known() {
        Set<String> names = new TreeSet<>(StreamsConfig.configDef().names());
        names.addAll(ConsumerConfig.configNames());
        names.addAll(ProducerConfig.configNames());
        names.addAll(AdminClientConfig.configNames());
        return names;
    }

    private static Map<String, String> owned() {
        Map<String, String> owned = new TreeMap<>();
        owned.put(StreamsConfig.APPLICATION_ID_CONFIG, "use " + Settings.APPLICATION_ID.key());
        owned.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, "use " + Settings.GUARANTEE.key());
        owned.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "use " + Settings.COMMIT_INTERVAL.key());
        owned.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, "use " + Settings.THREADS.key());
        owned.put(ConsumerConfig.GROUP_ID_CONFIG, "use " + Settings.APPLICATION_ID.key());
        owned.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "no message is skipped: a new group begins at the earliest");
        Arrays.asList(
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        ProducerConfig.ACKS_CONFIG)
                .forEach(key -> owned.put(key, "it follows from " + Settings.GUARANTEE.key()));
        Arrays.asList(
                        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
                        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
                        StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
                        "default.deserialization.exception.handler",
                        "default.production.exception.handler",
                        "processing.exception.handler.global.enabled",
                        StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG)
                .forEach(key -> owned.put(key, "the app itself decides what becomes a dead letter"));
        Arrays.asList(
                        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                        ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                        StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG,
                        StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG,
                        StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG,
                        StreamsConfig.PROCESSOR_WRAPPER_CLASS_CONFIG)
                .forEach(key -> owned.put(key, "the app reads and writes records itself"));
        return owned;
    }

    /** Without values: there may be secrets among them. */
    @Override
    public String toString() {
        return "KafkaSettings" + new TreeSet<>(values.keySet());
    }
}
