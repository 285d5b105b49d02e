package org.smsieve.app.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.smsieve.app.fixture.Cluster.header;
import static org.smsieve.app.fixture.Cluster.outputs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.fixture.BrokerProcess;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.fixture.FakeLoader;
import org.smsieve.app.stream.StreamsApp;

/**
 * A backlog for a model so slow that the polls of all threads together take longer than a transaction may: no
 * transaction is open for so long, although every poll also holds dead letters and texts known already, which could be
 * forwarded at once and would begin one.
 */
@Tag("proof")
@Timeout(300)
class SlowModelIT {
    private static final String TEST = "slow";
    private static final int RECORDS = Scale.of(256, 4_800);
    private static final int THREADS = Cluster.PARTITIONS;

    /**
     * Polls are of twice as many. A third of one is new: four polls take the model 6.4 s, a micro-batch 1 s at most.
     */
    private static final int BATCH_RECORDS = 16;

    private static final Duration MESSAGE_TIME = Duration.ofMillis(150);
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(3);

    /** By default it looks every ten seconds. */
    private static final Map<String, String> AT_ONCE =
            Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "100");

    @TempDir
    private Path directory;

    @Test
    void noTransactionIsOpenWhileOtherThreadsMessagesAreClassified() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        try (BrokerProcess broker = new BrokerProcess(directory, data, AT_ONCE);
                Cluster cluster = new Cluster(broker)) {
            cluster.createTopics(TEST);
            cluster.send(
                    IntStream.range(0, RECORDS).mapToObj(SlowModelIT::record).toList());

            FakeClassifier model = FakeClassifier.slow(MESSAGE_TIME);
            SettingsReader settings = cluster.reader(TEST)
                    .set("stream.threads", Integer.toString(THREADS))
                    .set("batch.max-records", Integer.toString(BATCH_RECORDS))
                    .set("kafka.producer.transaction.timeout.ms", Long.toString(TRANSACTION_TIMEOUT.toMillis()));
            try (StreamsApp app = StreamsApp.start(settings.read(), model, new FakeLoader(() -> model), event -> {})) {
                await().atMost(Duration.ofMinutes(4)).until(() -> cluster.isAllCommitted(TEST));
                assertThat(app.ended()).isNotDone();
            }

            List<Integer> numbers = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> output : cluster.read(outputs(TEST))) {
                int number = Integer.parseInt(header(output, "number"));
                assertThat(output.topic()).isEqualTo(output(number));
                numbers.add(number);
            }
            assertThat(numbers)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, RECORDS).boxed().toList());
            int aborted = cluster.countWritten(outputs(TEST)) - RECORDS;
            System.out.printf("proof: a slow model, %d messages: %d outputs aborted%n", RECORDS, aborted);
            assertThat(aborted).as("outputs of transactions that were aborted").isZero();
        }
    }

    private static ProducerRecord<byte[], byte[]> record(int number) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                TEST + "-inbound",
                number % Cluster.PARTITIONS,
                null,
                isDead(number) ? null : text(number).getBytes(UTF_8));
        record.headers().add("number", Integer.toString(number).getBytes(UTF_8));
        return record;
    }

    /** Of the records of a partition one is a dead letter, one known and one new, and so on. */
    private static int kind(int number) {
        return number / Cluster.PARTITIONS % 3;
    }

    private static boolean isDead(int number) {
        return kind(number) == 0;
    }

    private static String text(int number) {
        return kind(number) == 1 ? "the same again" : "number " + number;
    }

    private static String output(int number) {
        return TEST + "-" + (isDead(number) ? "dead-letter" : FakeClassifier.label(text(number)));
    }
}
