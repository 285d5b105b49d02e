package org.smsieve.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.broker.EmbeddedBroker;
import org.smsieve.benchmark.Launcher.Result;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.text.Tokenizer;

/** Labels of a user's own, from a file of messages to the topics of the stream, by the commands a user types. */
@Timeout(300)
class ThreeLabelsIT {
    private static final Map<String, List<String>> WORDS = Map.of(
            "ham", List.of("see you at noon", "are you home yet", "thanks love", "running late"),
            "spam", List.of("win a prize now", "claim your cash", "free ringtone", "urgent call"),
            "promo", List.of("sale ends sunday", "ten percent off shoes", "members save more", "new menu today"));

    @TempDir
    private Path directory;

    @Test
    void trainsAModelThatSendsEachMessageToTheTopicOfItsLabel() throws Exception {
        Path model = train();
        Map<String, String> topics = new LinkedHashMap<>();
        WORDS.forEach((label, texts) -> texts.forEach(text -> topics.put(text + " 77", "sms-" + label)));
        try (EmbeddedBroker broker = EmbeddedBroker.start(0)) {
            Path err = directory.resolve("stream.txt");
            Process app = Launcher.command(
                            "stream", "--config", config(broker, model).toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(err.toFile())
                    .start();
            try {
                send(broker, topics.keySet());

                Map<String, ConsumerRecord<String, String>> found = read(broker, topics, app, err);

                topics.forEach((text, topic) -> {
                    ConsumerRecord<String, String> record = found.get(text);
                    assertThat(record.topic()).as(text).isEqualTo(topic);
                    assertThat(record.headers().lastHeader("smsieve.label").value())
                            .asString(UTF_8)
                            .isEqualTo(topic.substring("sms-".length()));
                    assertThat(record.value()).contains("\"ham\":", "\"spam\":", "\"promo\":");
                });
            } finally {
                app.destroy();
                assertThat(app.waitFor(Launcher.LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
            assertThat(app.exitValue()).as(Files.readString(err)).isZero();
        }
    }

    private Path train() throws IOException, InterruptedException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            int row = i;
            WORDS.forEach((label, texts) -> rows.append(label)
                    .append('\t')
                    .append(texts.get(row % texts.size()))
                    .append(' ')
                    .append(row)
                    .append('\n'));
        }
        Path data = Files.writeString(directory.resolve("messages.tsv"), rows);
        Path base = Files.createDirectory(directory.resolve("base"));
        RandomWeights.checkpoint(new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 32, 16, 2, 2, 64, 1e-5, List.of()), 1)
                .write(base, TensorType.F32);
        Path model = directory.resolve("model");
        Result trained = Launcher.run(
                directory,
                "train",
                "--base",
                base.toString(),
                "--data",
                data.toString(),
                "--output",
                model.toString(),
                "--trainable",
                "all",
                "--epochs",
                "12",
                "--learning-rate",
                "5e-3",
                "--batch-size",
                "8");
        assertThat(trained.code()).as(trained.err()).isZero();
        return model;
    }

    private Path config(EmbeddedBroker broker, Path model) throws IOException {
        return Files.writeString(directory.resolve("app.properties"), """
                kafka.bootstrap.servers=%s
                model=%s
                topics.create=true
                topics.partitions=2
                http.port=0
                """.formatted(broker.bootstrapServers(), model));
    }

    private static void send(EmbeddedBroker broker, Set<String> texts) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (String text : texts) {
                // Waits for the topic, which the app creates.
                producer.send(new ProducerRecord<>("sms-inbound", text, text)).get();
            }
        }
    }

    /** What is committed to the topics, by key, once all texts have come out. */
    private static Map<String, ConsumerRecord<String, String>> read(
            EmbeddedBroker broker, Map<String, String> topics, Process app, Path err) throws IOException {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "group.id", "test",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed",
                "metadata.max.age.ms", 500);
        Map<String, ConsumerRecord<String, String>> found = new HashMap<>();
        Instant limit = Instant.now().plus(Launcher.LIMIT);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(Set.of("sms-ham", "sms-spam", "sms-promo", "sms-dead-letter"));
            while (!found.keySet().containsAll(topics.keySet())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> found.put(record.key(), record));
                assertThat(app.isAlive()).as(Files.readString(err)).isTrue();
                assertThat(Instant.now()).isBefore(limit);
            }
        }
        return found;
    }
}
