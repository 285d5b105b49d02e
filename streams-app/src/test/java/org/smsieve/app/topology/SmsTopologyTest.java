package org.smsieve.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.live.Recent;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.app.microbatch.EngineFailedException;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.message.OutputFormat;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

class SmsTopologyTest {
    private static final int MAX_REQUEST_BYTES = 2_000;

    private final AppConfig config = new SettingsReader()
            .set("kafka.bootstrap.servers", "none:9092")
            .set("kafka.consumer.interceptor.classes", "org.example.Theirs")
            .read();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeClassifier classifier = new FakeClassifier(Duration.ZERO);
    private final AppMetrics metrics = new AppMetrics(registry, classifier.labels());
    private final MicroBatcher engine = MicroBatcher.start(classifier, Tokens.of(1), config.batch(), metrics.engine());
    private final Intake intake = intake(engine);
    private TopologyTestDriver driver = driver(OutputFormat.JSON);
    private TestInputTopic<byte[], byte[]> input = input();

    private Intake intake(MicroBatcher classifying) {
        Remembered remembered = new Remembered(classifying, 100, metrics);
        return new Intake(config.input(), Tokenizer.gpt2(), classifying, remembered, metrics, new Recent(true));
    }

    private TopologyTestDriver driver(OutputFormat format) {
        return driver(intake, format);
    }

    private TopologyTestDriver driver(Intake from, OutputFormat format) {
        return new TopologyTestDriver(
                SmsTopology.build(config.topics(), classifier.labels(), from, format, MAX_REQUEST_BYTES));
    }

    private TestInputTopic<byte[], byte[]> input() {
        return driver.createInputTopic("sms-inbound", new ByteArraySerializer(), new ByteArraySerializer());
    }

    private List<TestRecord<byte[], byte[]>> read(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private double count(String meter, String tag, String value) {
        return registry.get(meter).tag(tag, value).counter().count();
    }

    @AfterEach
    void close() {
        driver.close();
        engine.close();
    }

    @Test
    void sendsARecordToTheTopicOfItsLabelWithItsVerdict() {
        Headers headers = new RecordHeaders().add("mine", null).add("smsieve.score", "old".getBytes(UTF_8));
        input.pipeInput(new TestRecord<>(null, "hello".getBytes(UTF_8), headers, 77L));

        String label = FakeClassifier.label("hello");
        TestRecord<byte[], byte[]> record = read("sms-" + label).get(0);
        assertThat(record.key()).isNull();
        assertThat(record.timestamp()).isEqualTo(77);
        assertThat(new String(record.value(), UTF_8)).startsWith("{\"text\":\"hello\",\"label\":\"" + label + "\",");
        assertThat(record.headers().toArray())
                .extracting(Header::key)
                .containsExactly("mine", "smsieve.label", "smsieve.score", "smsieve.model");
        assertThat(count("smsieve.records", "label", label)).isEqualTo(1);
        assertThat(count("smsieve.ahead.joined", "result", "miss")).isEqualTo(1);
    }

    @Test
    void leavesTheValueUntouchedInPassthrough() {
        driver.close();
        driver = driver(OutputFormat.PASSTHROUGH);
        input = input();
        byte[] value = "hello".getBytes(UTF_8);

        input.pipeInput(new TestRecord<>(new byte[] {1}, value));

        assertThat(read("sms-" + FakeClassifier.label("hello")).get(0).value()).isEqualTo(value);
    }

    @Test
    void classifiesTheEmptyText() {
        input.pipeInput(new TestRecord<>(null, new byte[0]));

        assertThat(read("sms-" + FakeClassifier.label(""))).hasSize(1);
    }

    @Test
    void keepsAllHeadersOfADeadLetter() {
        Headers headers = new RecordHeaders()
                .add("smsieve.label", "old".getBytes(UTF_8))
                .add("__streams.errors.message", "older".getBytes(UTF_8));
        input.pipeInput(new TestRecord<>(new byte[] {1}, null, headers, 5L));

        TestRecord<byte[], byte[]> letter = read("sms-dead-letter").get(0);
        assertThat(letter.value()).isNull();
        assertThat(letter.headers().headers("smsieve.label")).hasSize(1);
        assertThat(letter.headers().headers("__streams.errors.message")).hasSize(2);
        assertThat(new String(
                        letter.headers().lastHeader("__streams.errors.message").value(), UTF_8))
                .isEqualTo("null-value: the record has no value");
        assertThat(count("smsieve.dead.letters", "reason", "null-value")).isEqualTo(1);
    }

    @Test
    void joinsTheVerdictThatTheInterceptorAskedFor() {
        ClassifyAhead ahead = new ClassifyAhead();
        ahead.configure(Map.of(ClassifyAhead.INTAKE, intake, "max.poll.records", "5"));
        RecordHeaders headers = new RecordHeaders();
        ConsumerRecord<byte[], byte[]> polled = new ConsumerRecord<>(
                "sms-inbound",
                0,
                0,
                9L,
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[] {1},
                "hello".getBytes(UTF_8),
                headers,
                Optional.empty());
        ahead.onConsume(new ConsumerRecords<>(Map.of(new TopicPartition("sms-inbound", 0), List.of(polled)), Map.of()));

        input.pipeInput(new TestRecord<>(polled.key(), polled.value(), headers, 9L));

        assertThat(read("sms-" + FakeClassifier.label("hello"))).hasSize(1);
        assertThat(count("smsieve.ahead.joined", "result", "hit")).isEqualTo(1);
        assertThat(registry.get("smsieve.ahead.submitted").counter().count()).isEqualTo(1);
    }

    @Test
    void throwsWhenTheEngineIsBroken() {
        assertThatThrownBy(() -> input.pipeInput(new TestRecord<>(null, FakeClassifier.BREAK.getBytes(UTF_8))))
                .isInstanceOf(StreamsException.class)
                .hasCauseInstanceOf(EngineFailedException.class);
        assertThat(read("sms-dead-letter")).isEmpty();
    }

    @Test
    void submitsThePartitionsOfAPollInTurn() {
        ClassifyAhead ahead = new ClassifyAhead();
        ahead.configure(Map.of(ClassifyAhead.INTAKE, intake, "max.poll.records", "5"));
        int before = classified().size();

        ConsumerRecords<byte[], byte[]> records = ahead.onConsume(new ConsumerRecords<>(
                Map.of(
                        new TopicPartition("sms-inbound", 0),
                                List.of(polled(0, "a0"), polled(0, "a1"), polled(0, "a2")),
                        new TopicPartition("sms-inbound", 1), List.of(polled(1, "b0"))),
                Map.of()));

        records.forEach(
                record -> engine.await(PendingVerdict.of(record.headers()).verdict()));
        List<Tokens> order = classified().subList(before, classified().size());
        Tokenizer tokenizer = Tokenizer.gpt2();
        assertThat(order).hasSize(4);
        assertThat(order.indexOf(tokenizer.encode("b0"))).isLessThan(order.indexOf(tokenizer.encode("a1")));
        assertThat(order.get(3)).isEqualTo(tokenizer.encode("a2"));
    }

    /** What is between a poll's messages would be classified while its transaction is open. */
    @Test
    void submitsAPollWithNoOthersMessagesInBetween() {
        int before = classified().size();
        List<String> polls = List.of("a", "b", "c", "d");
        int records = 200;

        List<CompletableFuture<List<PendingVerdict>>> submitted = polls.stream()
                .map(name -> CompletableFuture.supplyAsync(() -> {
                    List<byte[]> values = IntStream.range(0, records)
                            .mapToObj(i -> (name + " " + i).getBytes(UTF_8))
                            .toList();
                    return intake.submitAll(values, intake.poll(records, false));
                }))
                .toList();

        submitted.stream().flatMap(poll -> poll.join().stream()).forEach(pending -> engine.await(pending.verdict()));
        List<String> order = classified().stream()
                .skip(before)
                .map(message -> poll(message, polls))
                .toList();
        assertThat(order).hasSize(polls.size() * records);
        for (int i = 0; i < order.size(); i++) {
            assertThat(order.get(i)).isEqualTo(order.get(i - i % records));
        }
    }

    /** All messages that the engine has classified so far, in that order. */
    private List<Tokens> classified() {
        return classifier.calls().stream().flatMap(List::stream).toList();
    }

    /** The one of the names that a message begins with. */
    private static String poll(Tokens message, List<String> names) {
        return names.stream()
                .filter(name -> Tokenizer.gpt2().encode(name).id(0) == message.id(0))
                .findFirst()
                .orElseThrow();
    }

    /** Its transaction would stand open while the engine is busy with what other threads have polled before. */
    @Test
    void forwardsNothingOfAPollBeforeTheEngineHasComeToItsMessages() {
        onASlowEngine(slow -> {
            Poll others = slow.poll(2, false);
            slow.engine().await(submit(slow, others, "remembered").verdict());
            PendingVerdict before = submit(slow, others, "before");
            Poll poll = slow.poll(5, false);
            PendingVerdict unreadable = slow.submit(null, poll);
            submit(slow, poll, "remembered");
            PendingVerdict first = submit(slow, poll, "first");
            PendingVerdict second = submit(slow, poll, "second");
            submit(slow, poll, "before");

            input().pipeInput(new TestRecord<>(null, null, new RecordHeaders(new Header[] {unreadable}), 1L));

            assertThat(read("sms-dead-letter")).hasSize(1);
            assertThat(before.verdict()).isDone();
            assertThat(first.verdict()).isDone();
            // But it does not wait for all of them.
            assertThat(second.verdict()).isNotDone();
        });
    }

    /** All its verdicts are other threads' work, and the transaction would be open between the first and the last. */
    @Test
    void forwardsNothingOfAPollBeforeTheLastVerdictThatIsInWorkForOthers() {
        onASlowEngine(slow -> {
            Poll others = slow.poll(2, false);
            submit(slow, others, "a");
            PendingVerdict last = submit(slow, others, "b");
            Poll poll = slow.poll(2, false);
            PendingVerdict first = submit(slow, poll, "a");
            submit(slow, poll, "b");

            input().pipeInput(new TestRecord<>(null, "a".getBytes(UTF_8), new RecordHeaders(new Header[] {first}), 1L));

            assertThat(last.verdict()).isDone();
        });
    }

    /** One that takes its time for each message. */
    private void onASlowEngine(Consumer<Intake> test) {
        BatchLimits oneByOne = new BatchLimits(1, 100, Duration.ofSeconds(10));
        FakeClassifier slow = new FakeClassifier(Duration.ofMillis(200));
        try (MicroBatcher busy = MicroBatcher.start(slow, Tokens.of(1), oneByOne, metrics.engine())) {
            Intake slowIntake = intake(busy);
            driver.close();
            driver = driver(slowIntake, OutputFormat.JSON);
            test.accept(slowIntake);
        }
    }

    private static PendingVerdict submit(Intake intake, Poll poll, String text) {
        return intake.submit(text.getBytes(UTF_8), poll);
    }

    @Test
    void commitsAtTheEndOfAPoll() {
        assertThat(commitsAfter("5", "a", "b")).containsExactly(false, true);
    }

    @Test
    void leavesTheCommitAfterAFullPollToTheInterval() {
        assertThat(commitsAfter("3", "a", "b", "c")).containsExactly(false, false, false);
    }

    /** Whether a commit was asked for by the end of each record of a poll. */
    private List<Boolean> commitsAfter(String mostRecords, String... texts) {
        ClassifyAhead ahead = new ClassifyAhead();
        ahead.configure(Map.of(ClassifyAhead.INTAKE, intake, "max.poll.records", mostRecords));
        List<ConsumerRecord<byte[], byte[]>> polled =
                Stream.of(texts).map(text -> polled(0, text)).toList();
        ahead.onConsume(new ConsumerRecords<>(Map.of(new TopicPartition("sms-inbound", 0), polled), Map.of()));
        ClassifyProcessor processor = new ClassifyProcessor(intake, OutputFormat.JSON, 1_000_000);
        MockProcessorContext<byte[], Outbound> context = new MockProcessorContext<>();
        context.setRecordMetadata("sms-inbound", 0, 0);
        processor.init(context);
        return polled.stream()
                .map(record -> {
                    processor.process(new Record<>(record.key(), record.value(), 9L, record.headers()));
                    return context.committed();
                })
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> polled(int partition, String text) {
        return new ConsumerRecord<>("sms-inbound", partition, 0, null, text.getBytes(UTF_8));
    }

    @Test
    void keepsThePartitionOfARecordWhereItCan() {
        Outbound outbound = new Outbound(new byte[0], 5);

        assertThat(Outbound.PARTITIONER.partitions("t", null, outbound, 8)).hasValue(Set.of(5));
        assertThat(Outbound.PARTITIONER.partitions("t", null, outbound, 4)).hasValue(Set.of(1));
    }

    @Test
    void setsKafkaStreamsUpForTheGuarantees() {
        StreamsConfig streams = StreamsProperties.of(config, intake, topic -> {});

        Map<String, Object> consumer = streams.getMainConsumerConfigs("group", "client", 1);
        assertThat(consumer)
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("max.poll.records", "512")
                .containsEntry("interceptor.classes", "org.example.Theirs," + ClassifyAhead.class.getName());
        assertThat(streams.getProducerConfigs("client")).containsEntry("linger.ms", "0");
        assertThat(streams.getString("processing.guarantee")).isEqualTo("exactly_once_v2");
        assertThat(StreamsProperties.maxRequestBytes(streams)).isEqualTo(1_048_576);
    }
}
