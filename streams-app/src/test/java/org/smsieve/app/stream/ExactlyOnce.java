package org.smsieve.app.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.smsieve.app.fixture.Cluster.header;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;

/** Numbered messages over all partitions, and the proof that each came out once, in order, with all it had. */
final class ExactlyOnce {
    private static final String NUMBER = "number";

    private final String test;
    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
    private final Random random = new Random(5);

    ExactlyOnce(String test) {
        this.test = test;
    }

    /** Makes the next messages; some keys are null. */
    List<ProducerRecord<byte[], byte[]>> next(int count) {
        int from = sent.size();
        for (int i = from; i < from + count; i++) {
            byte[] key = random.nextInt(5) == 0 ? null : ("key " + i).getBytes(UTF_8);
            byte[] value = ("message " + i + " of " + random.nextInt(1_000)).getBytes(UTF_8);
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(test + "-inbound", i % Cluster.PARTITIONS, 1_600_000_000_000L + i, key, value);
            record.headers().add(NUMBER, Integer.toString(i).getBytes(UTF_8));
            record.headers().add(NUMBER + ".twice", new byte[] {(byte) i}).add(NUMBER + ".twice", null);
            record.headers().add("smsieve.label", "an earlier one".getBytes(UTF_8));
            sent.add(record);
        }
        return sent.subList(from, sent.size());
    }

    void verify(List<ConsumerRecord<byte[], byte[]>> received) {
        assertThat(received).hasSize(sent.size());
        boolean[] seen = new boolean[sent.size()];
        Map<String, Integer> last = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : received) {
            int number = Integer.parseInt(header(record, NUMBER));
            ProducerRecord<byte[], byte[]> source = sent.get(number);
            String text = new String(source.value(), UTF_8);
            String label = FakeClassifier.label(text);
            assertThat(seen[number]).as("number %d is there once", number).isFalse();
            seen[number] = true;
            Integer before = last.put(record.topic() + record.partition(), number);
            assertThat(before == null || before < number)
                    .as("order at %d", number)
                    .isTrue();
            assertThat(record.topic()).isEqualTo(test + "-" + label);
            assertThat(record.partition()).isEqualTo(source.partition());
            assertThat(record.key()).isEqualTo(source.key());
            assertThat(record.timestamp()).isEqualTo(source.timestamp());
            assertThat(record.headers().headers(NUMBER + ".twice")).hasSize(2);
            assertThat(record.headers().headers("smsieve.label")).hasSize(1);
            assertThat(header(record, "smsieve.label")).isEqualTo(label);
            assertThat(header(record, "smsieve.score")).isEqualTo("0.750000");
            assertThat(header(record, "smsieve.model")).isEqualTo(FakeClassifier.MODEL);
            assertThat(record.headers().toArray()).hasSize(6);
            assertThat(new String(record.value(), UTF_8))
                    .startsWith("{\"text\":\"" + text + "\",\"label\":\"" + label + "\",\"scores\":{\"ham\":");
        }
    }
}
