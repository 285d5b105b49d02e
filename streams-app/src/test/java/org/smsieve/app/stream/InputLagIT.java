package org.smsieve.app.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.smsieve.app.fixture.Cluster.values;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.smsieve.app.fixture.Cluster;

class InputLagIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TEST = "lag";

    @Test
    void countsWhatIsNotCommittedToTheEndOfThePartition() throws Exception {
        TopicPartition first = new TopicPartition(TEST + "-inbound", 0);
        TopicPartition second = new TopicPartition(TEST + "-inbound", 1);
        Cluster cluster = new Cluster();
        Map<String, Object> client = Map.of("bootstrap.servers", cluster.bootstrapServers());
        try {
            cluster.createTopics(TEST);
            cluster.send(TEST, values("a", "b", "c", "d", "e"));
            cluster.send(List.of(new ProducerRecord<>(first.topic(), 2, null, values("another's")[0])));
            try (InputLag sut = new InputLag(client, TEST, () -> List.of(first, second))) {
                await().atMost(LIMIT).until(() -> sut.records() == 5);

                commit(client, Map.of(first, new OffsetAndMetadata(2)));

                await().atMost(LIMIT).until(() -> sut.records() == 3);

                // Readers of what is committed see nothing beyond this.
                leaveTransactionOpen(client, second);
                cluster.send(List.of(new ProducerRecord<>(second.topic(), 1, null, values("behind it")[0])));

                await().atMost(LIMIT).until(() -> sut.records() == 5);
                assertThat(sut.age()).isLessThan(LIMIT);
            }
        } finally {
            cluster.close();
        }
    }

    @Test
    void tellsHowLongNoBrokerHasAnswered() {
        Map<String, Object> nobody = Map.of("bootstrap.servers", "127.0.0.1:1");
        try (InputLag sut = new InputLag(nobody, TEST, List::of)) {
            await().pollDelay(Duration.ofSeconds(4)).until(() -> sut.age().compareTo(Duration.ofSeconds(4)) >= 0);
        }
    }

    private static void commit(Map<String, Object> client, Map<TopicPartition, OffsetAndMetadata> offsets)
            throws Exception {
        try (Admin admin = Admin.create(client)) {
            admin.alterConsumerGroupOffsets(TEST, offsets).all().get();
        }
    }

    private static void leaveTransactionOpen(Map<String, Object> client, TopicPartition partition) throws Exception {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", client.get("bootstrap.servers"), "transactional.id", TEST),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, values("open")[0]))
                .get();
        // Closed at once, it does not abort.
        producer.close(Duration.ZERO);
    }
}
