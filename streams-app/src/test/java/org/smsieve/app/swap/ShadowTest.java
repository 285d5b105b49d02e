package org.smsieve.app.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.app.fixture.ScriptedClassifier;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.classifier.Verdict;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.PromotionRule;
import org.smsieve.text.Tokens;

@Timeout(60)
class ShadowTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Announcement CANDIDATE =
            Announcement.serve("next", "1", "file:///next", "0".repeat(64), null, Instant.EPOCH);
    private static final long MILLISECOND = 1_000_000;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AppMetrics metrics = new AppMetrics(registry, List.of("ham", "spam"));
    private final ScriptedClassifier served = new ScriptedClassifier("served@1");
    private final List<Long> decidedAt = new CopyOnWriteArrayList<>();
    private Shadow shadow;

    private void start(ScriptedClassifier classifier, double fraction, PromotionRule rule) {
        shadow = new Shadow(
                CANDIDATE.asShadow(fraction, rule, null),
                classifier,
                metrics.shadow(),
                decided -> decidedAt.add(decided.figures().records()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        shadow.stop(LIMIT);
    }

    /** Has the served model classify a micro-batch of messages that are all the same. */
    private void offer(int token, int records, long nanos) {
        List<Tokens> messages = Collections.nCopies(records, Tokens.of(token));
        shadow.offer(messages, served.classify(messages), nanos);
    }

    private void awaitCompared(long records) {
        await().atMost(LIMIT).until(() -> shadow.figures().records() == records);
    }

    private double metric(String name) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.25, 0.7, 1})
    void takesItsShareOfTheRecords(double fraction) {
        int largest = 64;
        Random random = new Random(1);
        start(new ScriptedClassifier("next@1"), fraction, null);
        int records = 0;
        for (int i = 0; i < 5_000; i++) {
            int size = 1 + random.nextInt(largest);
            offer(1, size, MILLISECOND);
            records += size;
        }
        double share = fraction * records;

        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(shadow.figures().records() + metric("smsieve_shadow_skipped_total"))
                        .isCloseTo(share, within((double) largest)));
    }

    @Test
    void takesEverySecondOfEqualBatchesAtOneHalf() {
        ScriptedClassifier next = new ScriptedClassifier("next@1");
        start(next, 0.5, null);
        for (int batch = 0; batch < 10; batch++) {
            offer(batch, 8, MILLISECOND);
            awaitCompared(8L * (batch / 2 + 1));
        }

        assertThat(next.calls())
                .extracting(call -> call.get(0))
                .containsExactly(Tokens.of(0), Tokens.of(2), Tokens.of(4), Tokens.of(6), Tokens.of(8));
    }

    @Test
    void countsLabelsThatAgreeAndTellsScoresApart() {
        start(new ScriptedClassifier("next@1", message -> message.id(0) == 7 ? 0.75 : 0.35), 1, null);
        offer(1, 3, MILLISECOND);
        awaitCompared(3);
        offer(7, 1, MILLISECOND);
        awaitCompared(4);

        assertThat(shadow.figures().agreeing()).isEqualTo(3);
        assertThat(shadow.figures().agreement()).isEqualTo(0.75);
        assertThat(metric("smsieve_shadow_records_total{agrees=\"true\"}")).isEqualTo(3);
        assertThat(metric("smsieve_shadow_records_total{agrees=\"false\"}")).isEqualTo(1);
        assertThat(metric("smsieve_shadow_score_difference_sum")).isCloseTo(3 * 0.1 + 0.5, within(1e-9));
        assertThat(metric("smsieve_shadow_score_difference_max")).isCloseTo(0.5, within(1e-9));
        assertThat(metric("smsieve_shadow_agreement")).isEqualTo(0.75);
        assertThat(metric("smsieve_shadow_skipped_total")).isZero();
    }

    @Test
    void comparesTheTimesForTheSameBatches() throws InterruptedException {
        ScriptedClassifier next = new ScriptedClassifier("next@1");
        start(next, 1, null);
        next.hold();
        long before = System.nanoTime();
        offer(1, 2, 3 * MILLISECOND);
        next.awaitHeld();
        long held = System.nanoTime();
        await().until(() -> System.nanoTime() - held > 20 * MILLISECOND);
        next.release();
        awaitCompared(2);
        long after = System.nanoTime();
        Shadow.Figures figures = shadow.figures();

        assertThat(figures.servedNanos()).isEqualTo(3 * MILLISECOND);
        assertThat(figures.ownNanos()).isBetween(20 * MILLISECOND, after - before);
        assertThat(figures.latencyRatio()).isEqualTo((double) figures.ownNanos() / (3 * MILLISECOND));
        assertThat(metric("smsieve_shadow_latency_ratio")).isEqualTo(figures.latencyRatio());

        offer(1, 2, 5 * MILLISECOND);
        awaitCompared(4);
        assertThat(shadow.figures().servedNanos()).isEqualTo(8 * MILLISECOND);
        assertThat(metric("smsieve_shadow_batch_time_seconds_count")).isEqualTo(2);

        shadow.stop(LIMIT);

        assertThat(metric("smsieve_shadow_latency_ratio")).as("of none").isNaN();
        assertThat(metric("smsieve_shadow_agreement")).as("of none").isNaN();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    0.9  | 1e9  |
                    0.91 | 1e9  | agreement 0.9000 on 10 records (expected: at least 0.91)
                    0    | 1e-9 | times the served model's time on 10 records (expected: at most 1.0E-9)
                    """)
    void isDecidedOnAfterAsManyRecordsAsTheRuleSays(double minAgreement, double maxLatencyRatio, String objection) {
        ScriptedClassifier next = new ScriptedClassifier("next@1", message -> message.id(0) == 7 ? 0.75 : 0.25);
        start(next, 1, new PromotionRule(10, minAgreement, maxLatencyRatio));
        offer(1, 8, MILLISECOND);
        awaitCompared(8);
        offer(1, 1, MILLISECOND);
        awaitCompared(9);
        offer(7, 1, MILLISECOND);

        await().atMost(LIMIT).until(() -> !decidedAt.isEmpty());

        assertThat(decidedAt).containsExactly(10L);
        if (objection == null) {
            assertThat(shadow.objection()).isEmpty();
        } else {
            assertThat(shadow.objection().orElseThrow()).endsWith(objection);
        }
        offer(1, 9, MILLISECOND);
        awaitCompared(19);
        offer(1, 2, MILLISECOND);
        await().atMost(LIMIT).until(() -> decidedAt.size() == 2);
        assertThat(decidedAt).as("again after as many more").containsExactly(10L, 21L);
    }

    @Test
    void isDecidedOnByNobodyWithoutARule() {
        start(new ScriptedClassifier("next@1"), 1, null);
        for (int batch = 1; batch <= 20; batch++) {
            offer(1, 64, MILLISECOND);
            awaitCompared(64L * batch);
        }

        assertThat(decidedAt).isEmpty();
    }

    private MicroBatcher engine(ShadowSlot slot) {
        slot.set(shadow);
        return MicroBatcher.start(served, Tokens.of(1), new BatchLimits(8, 60, LIMIT), slot);
    }

    private static List<Verdict> classify(MicroBatcher engine, int messages) {
        List<CompletableFuture<Verdict>> verdicts = IntStream.range(0, messages)
                .mapToObj(i -> engine.submit(Tokens.of(i)))
                .toList();
        List<Verdict> received = new ArrayList<>();
        verdicts.forEach(verdict -> received.add(engine.await(verdict)));
        return received;
    }

    @Test
    void changesNoVerdictWhenItDisagrees() {
        ScriptedClassifier next = new ScriptedClassifier("next@1", message -> 0.99);
        start(next, 1, null);
        try (MicroBatcher engine = engine(new ShadowSlot())) {
            assertThat(classify(engine, 100))
                    .isEqualTo(IntStream.range(0, 100)
                            .mapToObj(i -> served.verdict(Tokens.of(i)))
                            .toList());
            await().atMost(LIMIT).until(() -> shadow.figures().records() > 0);
        }
    }

    @Test
    void failsAlone() {
        ScriptedClassifier next = new ScriptedClassifier("next@1").failWith(new OutOfMemoryError("native"));
        start(next, 1, new PromotionRule(1_000_000, 0, 1e9));
        try (MicroBatcher engine = engine(new ShadowSlot())) {
            classify(engine, 1);
            await().atMost(LIMIT).until(() -> !decidedAt.isEmpty());

            assertThat(classify(engine, 100)).extracting(Verdict::model).containsOnly("served@1");

            assertThat(engine.hasEnded()).isFalse();
            assertThat(shadow.hasFailed()).isTrue();
            assertThat(shadow.objection()).hasValue("it failed: java.lang.OutOfMemoryError: native");
            assertThat(next.calls()).as("not tried again").hasSize(1);
            assertThat(decidedAt).as("told once").containsExactly(0L);
        }
    }

    @Test
    void holdsUpNobodyWhenItIsSlow() throws InterruptedException {
        ScriptedClassifier next = new ScriptedClassifier("next@1");
        start(next, 1, null);
        next.hold();
        try (MicroBatcher engine = engine(new ShadowSlot())) {
            classify(engine, 1);
            next.awaitHeld();

            int messages = 200;
            for (int i = 0; i < messages; i++) {
                assertThat(classify(engine, 1)).hasSize(1);
            }

            // Two are queued behind the one in work.
            assertThat(metric("smsieve_shadow_skipped_total")).isEqualTo(messages - 2);
            assertThat(shadow.figures().records()).isZero();
            next.release();
            awaitCompared(3);
        }
    }

    @Test
    void givesItsClassifierBackUnusedByAnybody() throws InterruptedException {
        ScriptedClassifier next = new ScriptedClassifier("next@1");
        start(next, 1, null);
        next.hold();
        offer(1, 1, MILLISECOND);
        next.awaitHeld();

        assertThat(shadow.stop(Duration.ofMillis(10))).as("in use").isEmpty();

        next.release();
        assertThat(shadow.stop(LIMIT)).containsSame(next);
        assertThat(next.closings()).as("by whoever has it back").isZero();
        offer(1, 1, MILLISECOND);
        assertThat(next.calls()).hasSize(1);
    }
}
