package org.smsieve.app.swap;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.registry.AppReport;
import org.smsieve.registry.ModelTopics;

/**
 * Reports what the app serves, when that changes and every few seconds. Where the topic is missing or may not be
 * written, nobody is told: the app does not depend on it. For use by one thread.
 */
public final class Reporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reporter.class);
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(5);

    private final ModelTopics topics;
    private final Supplier<AppReport> state;
    private final Clock clock;
    private final byte[] key;
    private final Producer<byte[], byte[]> producer;
    private AppReport last;
    private Instant due;
    private boolean topicIsThere;

    /**
     * A reporter that has reported nothing.
     *
     * @param state what there is to report now; always of the same instance
     */
    public Reporter(ModelTopics topics, Supplier<AppReport> state, Clock clock) {
        this.topics = topics;
        this.state = state;
        this.clock = clock;
        this.last = state.get();
        this.due = clock.instant();
        this.key = last.instance().getBytes(StandardCharsets.UTF_8);
        Map<String, Object> properties = new HashMap<>(topics.producer());
        // A broker that is away must hold up nobody.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Reports if there is something new, or it is time. */
    void report() {
        AppReport now = state.get();
        boolean changed = !now.at(last.time()).equals(last);
        if (changed || !clock.instant().isBefore(due)) {
            last = now;
            due = clock.instant().plusSeconds(AppReport.EVERY_SECONDS);
            // A producer would ask for a missing topic, and complain of it, several times a second.
            topicIsThere = topicIsThere || topics.isThere(topics.reports(), LOOK_LIMIT);
            send(now.toJson());
        }
    }

    private void send(byte[] value) {
        if (!topicIsThere) {
            return;
        }
        try {
            Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(topics.reports(), key, value));
        } catch (KafkaException e) {
            LOG.debug("topic {}: no report", topics.reports(), e);
        }
    }

    /** Reports that the app is gone. */
    @Override
    public void close() {
        send(null);
        producer.close(Duration.ofSeconds(1));
    }
}
