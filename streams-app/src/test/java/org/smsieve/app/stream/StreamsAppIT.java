package org.smsieve.app.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.smsieve.app.fixture.Cluster.header;
import static org.smsieve.app.fixture.Cluster.outputs;
import static org.smsieve.app.fixture.Cluster.values;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.fixture.FakeLoader;
import org.smsieve.command.UserException;

@Timeout(120)
class StreamsAppIT {
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = new Cluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static StreamsApp start(SettingsReader settings) throws InterruptedException {
        return start(settings, new FakeClassifier(Duration.ofMillis(10)));
    }

    private static StreamsApp start(SettingsReader settings, FakeClassifier classifier) throws InterruptedException {
        return StreamsApp.start(settings.read(), classifier, new FakeLoader(() -> classifier), event -> {});
    }

    @ParameterizedTest
    @CsvSource({"classic, exactly_once_v2", "streams, exactly_once_v2", "classic, at_least_once"})
    void givesEachRecordOneOutputInOrder(String protocol, String guarantee) throws Exception {
        String test = protocol + "-" + guarantee;
        cluster.createTopics(test);
        ExactlyOnce records = new ExactlyOnce(test);
        SettingsReader settings =
                cluster.reader(test).set("kafka.group.protocol", protocol).set("processing.guarantee", guarantee);
        List<ConsumerRecord<byte[], byte[]>> received;
        try (StreamsApp app = start(settings)) {
            app.awaitRunning();
            cluster.send(records.next(20_000));

            received = cluster.awaitRecords(outputs(test), 20_000);
        }
        assertThat(cluster.read(outputs(test))).hasSameSizeAs(received);
        records.verify(received);
    }

    @Test
    void turnsEachKindOfBadInputIntoADeadLetterAndGoesOn() throws Exception {
        cluster.createTopics("bad");
        byte[] large = new byte[1_000];
        Arrays.fill(large, (byte) 'x');
        byte[][] values = {
            null,
            {'a', (byte) 0xff},
            "{\"text\":".getBytes(UTF_8),
            "{\"body\":\"hi\"}".getBytes(UTF_8),
            "{\"text\":7}".getBytes(UTF_8),
            large,
            "{\"text\":\"POISON\"}".getBytes(UTF_8),
            "{\"text\":\"fine\",\"n\":1.10}".getBytes(UTF_8)
        };
        SettingsReader settings =
                cluster.reader("bad").set("input.format", "json").set("input.max-bytes", "900");
        try (StreamsApp app = start(settings)) {
            cluster.send("bad", values);

            List<ConsumerRecord<byte[], byte[]>> dead = cluster.awaitRecords(List.of("bad-dead-letter"), 7);

            assertThat(dead).hasSize(7);
            List<String> reasons = List.of(
                    "null-value",
                    "not-utf8",
                    "malformed-json",
                    "missing-text",
                    "text-not-a-string",
                    "too-large",
                    "rejected");
            for (int i = 0; i < dead.size(); i++) {
                ConsumerRecord<byte[], byte[]> letter = dead.get(i);
                assertThat(letter.value()).isEqualTo(values[i]);
                assertThat(new String(letter.key(), UTF_8)).isEqualTo("key-" + i);
                assertThat(letter.timestamp()).isEqualTo(1_000 + i);
                assertThat(header(letter, "origin")).isEqualTo("test");
                assertThat(header(letter, "__streams.errors.message")).startsWith(reasons.get(i) + ": ");
                assertThat(header(letter, "__streams.errors.exception")).isNotBlank();
                assertThat(header(letter, "__streams.errors.topic")).isEqualTo("bad-inbound");
                assertThat(header(letter, "__streams.errors.partition")).isEqualTo("0");
                assertThat(header(letter, "__streams.errors.offset")).isEqualTo(Integer.toString(i));
                assertThat(letter.headers().toArray()).hasSize(6);
            }
            List<ConsumerRecord<byte[], byte[]>> labelled = cluster.awaitRecords(List.of("bad-ham", "bad-spam"), 1);
            assertThat(labelled).hasSize(1);
            assertThat(new String(labelled.get(0).value(), UTF_8))
                    .startsWith("{\"text\":\"fine\",\"n\":1.10,\"classification\":{\"label\":");
            assertThat(app.ended()).isNotDone();
        }
    }

    @Test
    void keepsRecordsThatAreTooLargeToWrite() throws Exception {
        cluster.createTopics("large");
        String growing = "\u0001".repeat(300);
        String huge = "x".repeat(3_000);
        SettingsReader settings = cluster.reader("large").set("kafka.producer.max.request.size", "2000");
        try (StreamsApp app = start(settings)) {
            cluster.send("large", values(growing, huge, "fine"));

            List<ConsumerRecord<byte[], byte[]>> dead = cluster.awaitRecords(List.of("large-dead-letter"), 2);
            cluster.awaitRecords(List.of("large-ham", "large-spam"), 1);

            assertThat(new String(dead.get(0).value(), UTF_8)).isEqualTo(growing);
            assertThat(header(dead.get(0), "__streams.errors.message")).startsWith("output-too-large: ");
            assertThat(dead.get(1).value()).isNull();
            assertThat(header(dead.get(1), "__streams.errors.message")).endsWith("left out: too large");
            assertThat(header(dead.get(1), "__streams.errors.offset")).isEqualTo("1");
            assertThat(app.ended()).isNotDone();
        }
    }

    @Test
    void stopsOnABrokenEngineAndLosesNothing() throws Exception {
        cluster.createTopics("broken");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            texts.add(i == 1_500 ? FakeClassifier.BREAK : "message " + i);
        }
        cluster.send("broken", values(texts.toArray(String[]::new)));
        try (StreamsApp app = start(cluster.reader("broken"))) {
            assertThatThrownBy(() -> app.ended().get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UserException.class)
                    .hasMessageContaining("the classifier fails: java.lang.IllegalStateException: broken");
            assertThat(app.isReady()).isFalse();
        }
        assertThat(cluster.committed("broken").getOrDefault(new TopicPartition("broken-inbound", 0), null))
                .satisfiesAnyOf(
                        none -> assertThat(none).isNull(),
                        offset -> assertThat(offset.offset()).isLessThanOrEqualTo(1_500));

        FakeClassifier sound = new FakeClassifier(Duration.ZERO, "nothing breaks it");
        try (StreamsApp app = start(cluster.reader("broken"), sound)) {
            List<ConsumerRecord<byte[], byte[]>> received = cluster.awaitRecords(outputs("broken"), 2_000);

            assertThat(received.stream().map(record -> new String(record.key(), UTF_8)))
                    .hasSize(2_000)
                    .doesNotHaveDuplicates();
            assertThat(app.ended()).isNotDone();
        }
    }

    @Test
    void namesTheMissingTopicsAndCreatesThemWhenTold() throws Exception {
        assertThatThrownBy(() -> start(cluster.reader("absent")))
                .isInstanceOf(UserException.class)
                .hasMessage("topics not found: absent-dead-letter, absent-ham, absent-inbound, absent-spam"
                        + " (create them, or set topics.create=true)");

        try (StreamsApp app = start(cluster.reader("absent").set("topics.create", "true"))) {
            cluster.send("absent", values("hi"));

            assertThat(cluster.awaitRecords(outputs("absent"), 1)).hasSize(1);
            assertThat(app.httpPort()).isPositive();
        }
    }

    @Test
    void saysThatTheBrokersDoNotAnswer() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        SettingsReader settings = new SettingsReader()
                .set("kafka.bootstrap.servers", "127.0.0.1:" + unused)
                .set("start.timeout.ms", "500");

        assertThatThrownBy(() -> start(settings))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("kafka.bootstrap.servers: 127.0.0.1:" + unused
                        + " (expected: brokers that answer within 500 ms;");
    }

    @Test
    void saysThatTheHttpPortIsInUse() throws Exception {
        cluster.createTopics("port");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SettingsReader settings = cluster.reader("port").set("http.port", Integer.toString(socket.getLocalPort()));

            assertThatThrownBy(() -> start(settings))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith(
                            "http.port: " + socket.getLocalPort() + " on 127.0.0.1 (expected: a free port");
        }
    }
}
