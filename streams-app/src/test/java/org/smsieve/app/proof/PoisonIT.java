package org.smsieve.app.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.smsieve.app.fixture.Cluster.header;
import static org.smsieve.app.fixture.Cluster.outputs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.fixture.FakeLoader;
import org.smsieve.app.stream.StreamsApp;

/** One record in a hundred is bad, of every kind, at random places: each is a dead letter, all others are labelled. */
@Tag("proof")
@Timeout(1800)
class PoisonIT {
    private static final int RECORDS = Scale.of(10_000, 100_000);
    private static final int MAX_BYTES = 1_000;

    /** A bad value and why it is bad. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Poison(String reason, byte[] value) {
        static Poison of(String reason, String value) {
            return new Poison(reason, value.getBytes(UTF_8));
        }
    }

    private static final List<Poison> POISONS = List.of(
            new Poison("null-value", null),
            new Poison("not-utf8", new byte[] {'{', (byte) 0xc3, '}'}),
            Poison.of("too-large", "{\"text\":\"" + "a".repeat(MAX_BYTES) + "\"}"),
            Poison.of("malformed-json", "{\"text\":\"cut"),
            Poison.of("malformed-json", ""),
            Poison.of("malformed-json", "[".repeat(MAX_BYTES)),
            Poison.of("missing-text", "{}"),
            Poison.of("text-not-a-string", "{\"text\":7}"),
            Poison.of("rejected", "{\"text\":\"" + FakeClassifier.POISON + "\"}"),
            Poison.of("rejected", "{\"text\":\"" + FakeClassifier.OVERFLOW + "\"}"));

    @Test
    void eachIsADeadLetterAndNothingElseIs() throws Exception {
        try (Cluster cluster = new Cluster()) {
            // The first run warms up what both need.
            run(cluster, "warm", new HashMap<>());
            double clean = run(cluster, "clean", new HashMap<>());
            Map<Integer, Poison> poisons = new HashMap<>();
            Random random = Seed.random("poison");
            while (poisons.size() < RECORDS / 100) {
                poisons.put(random.nextInt(RECORDS), POISONS.get(random.nextInt(POISONS.size())));
            }
            double poisoned = run(cluster, "poisoned", poisons);

            System.out.printf(
                    "proof: %d of %d records bad: each a dead letter, %.0f records a second, %.0f without, ratio %.2f%n",
                    poisons.size(), RECORDS, poisoned, clean, poisoned / clean);
        }
    }

    /** The records a second, of an app that finds all of them there when it starts. */
    private static double run(Cluster cluster, String test, Map<Integer, Poison> poisons) throws Exception {
        cluster.createTopics(test);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = poisons.containsKey(i)
                    ? poisons.get(i).value()
                    : ("{\"text\":\"message " + i + "\"}").getBytes(UTF_8);
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(test + "-inbound", i % Cluster.PARTITIONS, null, value);
            record.headers().add("number", Integer.toString(i).getBytes(UTF_8));
            records.add(record);
        }
        cluster.send(records);
        long start;
        double seconds;
        FakeClassifier engine = new FakeClassifier(Duration.ofMillis(1));
        try (StreamsApp app = StreamsApp.start(
                cluster.reader(test)
                        .set("input.format", "json")
                        .set("input.max-bytes", Integer.toString(MAX_BYTES))
                        .read(),
                engine,
                new FakeLoader(() -> engine),
                event -> {})) {
            start = System.nanoTime();
            await().atMost(Duration.ofMinutes(10))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> cluster.isAllCommitted(test));
            seconds = (System.nanoTime() - start) / 1e9;
            assertThat(app.ended()).isNotDone();
        }
        verify(cluster.read(outputs(test)), test, poisons);
        return RECORDS / seconds;
    }

    private static void verify(
            List<ConsumerRecord<byte[], byte[]>> received, String test, Map<Integer, Poison> poisons) {
        BitSet seen = new BitSet();
        for (ConsumerRecord<byte[], byte[]> record : received) {
            int number = Integer.parseInt(header(record, "number"));
            assertThat(seen.get(number)).as("number %d is there once", number).isFalse();
            seen.set(number);
            boolean dead = record.topic().equals(test + "-dead-letter");
            assertThat(dead).as("number %d", number).isEqualTo(poisons.containsKey(number));
            if (dead) {
                assertThat(record.value()).isEqualTo(poisons.get(number).value());
                assertThat(header(record, "__streams.errors.message"))
                        .startsWith(poisons.get(number).reason() + ": ");
            } else {
                assertThat(header(record, "smsieve.label")).isIn("ham", "spam");
            }
        }
        assertThat(seen.cardinality()).isEqualTo(RECORDS);
    }
}
