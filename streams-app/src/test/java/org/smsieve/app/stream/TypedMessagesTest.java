package org.smsieve.app.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.http.RoundTrip.DeadLettered;
import org.smsieve.app.http.RoundTrip.Failed;
import org.smsieve.app.http.RoundTrip.Labelled;
import org.smsieve.app.http.RoundTrip.Outcome;

/** Without a broker. {@code PageIT} types messages into an app that has one. */
@Timeout(60)
class TypedMessagesTest {
    private static final AppConfig CONFIG =
            new SettingsReader().set("kafka.bootstrap.servers", "none:1").read();
    private static final List<String> TOPICS = List.of("sms-ham", "sms-spam", "sms-dead-letter");

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("latest");

    private TypedMessages messages(MockProducer<byte[], byte[]> producer, Duration limit) {
        for (String topic : TOPICS) {
            consumer.updatePartitions(topic, List.of(new PartitionInfo(topic, 0, Node.noNode(), null, null)));
        }
        consumer.updateEndOffsets(
                TOPICS.stream().collect(Collectors.toMap(topic -> new TopicPartition(topic, 0), topic -> 7L)));
        return new TypedMessages(CONFIG, List.of("ham", "spam"), producer, consumer, limit);
    }

    private static MockProducer<byte[], byte[]> brokers(boolean acknowledge) {
        return new MockProducer<>(acknowledge, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** An app in miniature: what is sent comes out of a topic, with its headers and one that the app adds. */
    private MockProducer<byte[], byte[]> app(String topic, String header, String value) {
        // One that nobody waits for any more may come out, too.
        AtomicLong offset = new AtomicLong(7);
        return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
                RecordHeaders headers = new RecordHeaders(record.headers());
                headers.add(header, value.getBytes(UTF_8));
                ConsumerRecord<byte[], byte[]> output = new ConsumerRecord<>(
                        topic,
                        0,
                        offset.getAndIncrement(),
                        0,
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        null,
                        record.value(),
                        headers,
                        Optional.empty());
                consumer.schedulePollTask(() -> consumer.addRecord(output));
                return super.send(record, callback);
            }
        };
    }

    @Test
    void answersWithTheLabel() throws Exception {
        try (TypedMessages messages = messages(app("sms-spam", "smsieve.label", "spam"), Duration.ofSeconds(10))) {
            assertThat(messages.send("win"))
                    .isInstanceOfSatisfying(
                            Labelled.class,
                            labelled -> assertThat(labelled.label()).isEqualTo("spam"));
        }
    }

    @Test
    void answersWithTheReasonOfADeadLetter() throws Exception {
        try (TypedMessages messages =
                messages(app("sms-dead-letter", "__streams.errors.message", "rejected: x"), Duration.ofSeconds(10))) {
            assertThat(messages.send("win"))
                    .isInstanceOfSatisfying(
                            DeadLettered.class,
                            dead -> assertThat(dead.reason()).isEqualTo("rejected: x"));
        }
    }

    @Test
    void readsOnAfterAnErrorOfAnyKind() throws Exception {
        try (TypedMessages messages = messages(app("sms-spam", "smsieve.label", "spam"), Duration.ofSeconds(10))) {
            consumer.schedulePollTask(() -> {
                throw new IllegalStateException("broken once");
            });

            Outcome first = messages.send("one");
            Outcome second = messages.send("two");

            assertThat(first).isEqualTo(new Failed("The output topics cannot be read: broken once"));
            assertThat(second).isInstanceOf(Labelled.class);
        }
    }

    @Test
    void saysWhetherABrokerHasTheMessage() throws Exception {
        try (TypedMessages messages = messages(brokers(true), Duration.ofMillis(500))) {
            assertThat(messages.send("a"))
                    .isInstanceOfSatisfying(
                            Failed.class,
                            failed -> assertThat(failed.why())
                                    .contains("The message is in the input topic: the app is behind"));
        }
    }

    @Test
    void doesNotSayThatAMessageIsSentWhereNoBrokerHasSaidSo() throws Exception {
        try (TypedMessages messages = messages(brokers(false), Duration.ofMillis(500))) {
            assertThat(messages.send("a"))
                    .isInstanceOfSatisfying(
                            Failed.class,
                            failed -> assertThat(failed.why()).contains("No broker has said that it has the message"));
        }
    }
}
