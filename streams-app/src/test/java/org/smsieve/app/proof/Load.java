package org.smsieve.app.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.smsieve.app.fixture.Cluster.header;
import static org.smsieve.app.fixture.Cluster.outputs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;

/**
 * Numbered messages, sent steadily from the start until {@link #stop}, some of them unreadable or rejected, and what
 * has become of them. What a message holds follows from its number alone.
 */
final class Load implements AutoCloseable {
    private static final int AT_ONCE = 10;

    private final Cluster cluster;
    private final String test;
    private final Duration pause;
    private final Thread thread = new Thread(this::run, "load");
    private volatile boolean stopped;
    private volatile int sent;
    private volatile Exception failure;

    /** A load that goes on. */
    Load(Cluster cluster, String test, int perSecond) {
        this.cluster = cluster;
        this.test = test;
        pause = Duration.ofSeconds(1).multipliedBy(AT_ONCE).dividedBy(perSecond);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            for (int from = 0; !stopped; from += AT_ONCE) {
                List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
                for (int number = from; number < from + AT_ONCE; number++) {
                    byte[] key = ("key " + number).getBytes(UTF_8);
                    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                            test + "-inbound", number % Cluster.PARTITIONS, null, key, value(number));
                    record.headers().add("number", Integer.toString(number).getBytes(UTF_8));
                    records.add(record);
                }
                cluster.send(records);
                sent = from + AT_ONCE;
                Thread.sleep(pause.toMillis());
            }
        } catch (Exception e) {
            failure = e;
        }
    }

    private static byte[] value(int number) {
        if (number % 50 == 7) {
            return null;
        }
        return number % 50 == 23 ? new byte[] {'a', (byte) 0xff} : text(number).getBytes(UTF_8);
    }

    private static String text(int number) {
        return (number % 500 == 131 ? FakeClassifier.POISON : "") + " message " + number + " about dinner at eight";
    }

    private static boolean isBad(int number) {
        return number % 50 == 7 || number % 50 == 23 || number % 500 == 131;
    }

    private String output(int number) {
        return test + "-" + (isBad(number) ? "dead-letter" : FakeClassifier.label(text(number)));
    }

    /** The messages that the broker has acknowledged. */
    int sent() {
        return sent;
    }

    /** Sends no more; waits until the broker has all. */
    void stop() throws InterruptedException {
        stopped = true;
        thread.join();
        assertThat(failure).isNull();
    }

    /** Reads what has become of the messages: each is where it belongs, with all it had, or is missing. */
    Outcome outcome() {
        verifyInput();
        BitSet seen = new BitSet();
        AtomicInteger doubled = new AtomicInteger();
        AtomicInteger outOfOrder = new AtomicInteger();
        Map<String, Integer> last = new HashMap<>();
        cluster.read("read_committed", outputs(test), record -> {
            int number = check(record);
            if (seen.get(number)) {
                doubled.incrementAndGet();
                return;
            }
            seen.set(number);
            Integer before = last.put(record.topic() + "-" + record.partition(), number);
            if (before != null && before > number) {
                outOfOrder.incrementAndGet();
            }
        });
        int aborted = cluster.countWritten(outputs(test)) - seen.cardinality() - doubled.get();
        return new Outcome(sent, sent - seen.cardinality(), doubled.get(), outOfOrder.get(), aborted);
    }

    /** What the broker has of this load: outputs can be single only where inputs are. */
    private void verifyInput() {
        BitSet there = new BitSet();
        cluster.read("read_committed", List.of(test + "-inbound"), record -> {
            int number = Integer.parseInt(header(record, "number"));
            assertThat(there.get(number)).as("input %d is there once", number).isFalse();
            there.set(number);
        });
        assertThat(there.cardinality()).isEqualTo(sent);
    }

    private int check(ConsumerRecord<byte[], byte[]> record) {
        int number = Integer.parseInt(header(record, "number"));
        assertThat(number).isBetween(0, sent - 1);
        assertThat(record.topic()).isEqualTo(output(number));
        assertThat(record.partition()).isEqualTo(number % Cluster.PARTITIONS);
        assertThat(new String(record.key(), UTF_8)).isEqualTo("key " + number);
        if (isBad(number)) {
            assertThat(record.value()).isEqualTo(value(number));
            assertThat(header(record, "__streams.errors.message")).isNotBlank();
        } else {
            assertThat(new String(record.value(), UTF_8)).startsWith("{\"text\":\"" + text(number) + "\",\"label\":");
        }
        return number;
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
    }

    /**
     * What a reader of committed records finds.
     *
     * @param sent messages sent
     * @param missing those without an output
     * @param doubled outputs besides the first of a message
     * @param outOfOrder first outputs after that of a later message of the same partition, in the same topic
     * @param aborted outputs that were written, but never committed
     */
    record Outcome(int sent, int missing, int doubled, int outOfOrder, int aborted) {
        Outcome verifyExactlyOnce() {
            assertThat(doubled).as("doubled of %s, seed %d", this, Seed.VALUE).isZero();
            return verifyAtLeastOnce();
        }

        Outcome verifyAtLeastOnce() {
            assertThat(missing).as("missing of %s, seed %d", this, Seed.VALUE).isZero();
            assertThat(outOfOrder)
                    .as("out of order of %s, seed %d", this, Seed.VALUE)
                    .isZero();
            return this;
        }

        /** For a line of figures. */
        String figures() {
            return sent + " messages, " + missing + " missing, " + doubled + " doubled, " + outOfOrder
                    + " out of order, " + aborted + " outputs aborted with their transactions";
        }
    }
}
