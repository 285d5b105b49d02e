package org.smsieve.registry;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.command.UserException;
import org.smsieve.settings.SettingValues;

/**
 * The topics by which models are announced, and by which apps report what they serve. Safe for use by several threads.
 *
 * @param models of the {@link Announcement}s, by the models' names
 * @param reports of the {@link AppReport}s, by the apps' instances
 * @param consumer settings of consumers, such as {@code bootstrap.servers}; secrets among them
 * @param producer the same of producers
 * @param admin the same of admin clients
 */
public record ModelTopics(
        String models,
        String reports,
        Map<String, Object> consumer,
        Map<String, Object> producer,
        Map<String, Object> admin) {
    private static final Logger LOG = LoggerFactory.getLogger(ModelTopics.class);

    private static final List<String> CLIENT_PREFIXES =
            List.of("consumer.", "main.consumer.", "restore.consumer.", "global.consumer.", "producer.", "admin.");

    /** Longer than that no report is of use. */
    private static final Duration REPORTS_KEPT = Duration.ofDays(1);

    /** Those of one cluster by the settings of its clients. */
    public ModelTopics {
        consumer = Collections.unmodifiableMap(new HashMap<>(consumer));
        producer = Collections.unmodifiableMap(new HashMap<>(producer));
        admin = Collections.unmodifiableMap(new HashMap<>(admin));
    }

    /**
     * Those that settings name, for a process that is no app.
     *
     * @param values among them the brokers
     */
    public static ModelTopics of(SettingValues values) {
        Map<String, String> kafka = values.under(SettingValues.KAFKA_PREFIX);
        return new ModelTopics(
                values.get(RegistrySettings.MODELS_TOPIC),
                values.get(RegistrySettings.REPORTS_TOPIC),
                client(kafka, "consumer."),
                client(kafka, "producer."),
                client(kafka, "admin."));
    }

    /** As Kafka Streams understands them: a client's own settings have its prefix, all others are of all clients. */
    private static Map<String, Object> client(Map<String, String> kafka, String own) {
        Map<String, Object> settings = new HashMap<>();
        kafka.forEach((key, value) -> {
            if (CLIENT_PREFIXES.stream().noneMatch(key::startsWith)) {
                settings.put(key, value);
            }
        });
        kafka.forEach((key, value) -> {
            if (key.startsWith(own)) {
                settings.put(key.substring(own.length()), value);
            }
        });
        return settings;
    }

    /** Both topics' names. */
    public List<String> names() {
        return List.of(models, reports);
    }

    /**
     * What is announced.
     *
     * @param limit how long the brokers may take
     * @throws UserException if they take longer, or refuse
     */
    public Announcements read(Duration limit) {
        Announcements announcements = new Announcements();
        readAll(models, limit).forEach(record -> {
            try {
                announcements.apply(record);
            } catch (AnnouncementException e) {
                LOG.warn("{} at {}-{}: skipped: {}", models, record.partition(), record.offset(), e.getMessage());
            }
        });
        return announcements;
    }

    /**
     * The last report of each app instance that has not ended.
     *
     * @param limit how long the brokers may take
     * @throws UserException if they take longer, or refuse
     */
    public List<AppReport> reports(Duration limit) {
        Map<String, AppReport> byInstance = new TreeMap<>();
        readAll(reports, limit).forEach(record -> {
            String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            Optional<AppReport> report = record.value() == null ? Optional.empty() : AppReport.parse(record.value());
            report.ifPresentOrElse(found -> byInstance.put(key, found), () -> byInstance.remove(key));
        });
        return List.copyOf(byInstance.values());
    }

    private List<ConsumerRecord<byte[], byte[]>> readAll(String topic, Duration limit) {
        Map<String, Object> bounded = new HashMap<>(consumer);
        bounded.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) limit.toMillis());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try {
            Optional<TopicLog> log = TopicLog.open(bounded, topic);
            if (log.isPresent()) {
                try (TopicLog open = log.get()) {
                    if (!open.readToEnd(records::add, limit)) {
                        throw unreachable(limit, "the topic " + topic + " could not be read to its end", null);
                    }
                }
            }
            return records;
        } catch (KafkaException e) {
            throw unreachable(limit, root(e), e);
        }
    }

    /**
     * Announces a model, and waits until the brokers have it. Makes the topics where they are missing.
     *
     * @param limit how long the brokers may take
     * @throws UserException if they take longer, or refuse
     */
    public void announce(Announcement announcement, Duration limit) {
        create(names(), limit);
        send(models, announcement.name(), announcement.toJson(), limit);
    }

    /** As {@link #announce}: withdraws what is announced of a model. */
    public void withdraw(String name, Duration limit) {
        send(models, name, null, limit);
    }

    private void send(String topic, String key, byte[] value, Duration limit) {
        Map<String, Object> properties = new HashMap<>(producer);
        int millis = (int) limit.toMillis();
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        Producer<byte[], byte[]> client =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            client.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (ExecutionException e) {
            throw unreachable(limit, "topic " + topic + ": " + root(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        } finally {
            client.close(Duration.ZERO);
        }
    }

    /**
     * Makes those of the topics that are missing: compacted, of one partition, so that all readers see the same order.
     *
     * @param limit how long the brokers may take
     * @throws UserException if they take longer, or refuse
     */
    public void create(Collection<String> missing, Duration limit) {
        try (Admin client = client(limit)) {
            Set<String> present = client.listTopics().names().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            List<NewTopic> topics = missing.stream()
                    .filter(name -> !present.contains(name))
                    .map(this::topic)
                    .toList();
            client.createTopics(topics).all().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw unreachable(limit, "the topics of the models cannot be made: " + root(e), e);
            }
        } catch (TimeoutException e) {
            throw unreachable(limit, "no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
    }

    /**
     * Whether there is such a topic.
     *
     * @param limit how long the brokers may take; if they take longer, it is not there
     */
    public boolean isThere(String topic, Duration limit) {
        try (Admin client = client(limit)) {
            return client.listTopics()
                    .names()
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .contains(topic);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("topic {}: not seen", topic, e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Its calls, and so its closing, take no longer than the limit. */
    private Admin client(Duration limit) {
        Map<String, Object> bounded = new HashMap<>(admin);
        bounded.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) limit.toMillis());
        bounded.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) limit.toMillis());
        return Admin.create(bounded);
    }

    private NewTopic topic(String name) {
        Map<String, String> settings = name.equals(models)
                ? Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        "LogAppendTime")
                : Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(REPORTS_KEPT.toMillis()));
        return new NewTopic(name, Optional.of(1), Optional.empty()).configs(settings);
    }

    private UserException unreachable(Duration limit, String why, Exception cause) {
        return new UserException(
                "kafka.bootstrap.servers: " + admin.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)
                        + " (expected: brokers that answer within " + limit.toMillis() + " ms; " + why + ")",
                cause);
    }

    private static String root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    /** Without the settings: there may be secrets among them. */
    @Override
    public String toString() {
        return "ModelTopics[" + models + ", " + reports + "]";
    }
}
