package org.smsieve.app.microbatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.ClassifierInfo;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

@Timeout(30)
class MicroBatcherTest {
    private static final Tokens CANARY = Tokens.of(1, 2, 3);
    private static final Tokens POISON = Tokenizer.gpt2().encode(FakeClassifier.POISON);
    private static final Tokens BREAK = Tokenizer.gpt2().encode(FakeClassifier.BREAK);
    private static final BatchLimits LIMITS = new BatchLimits(8, 60, Duration.ofSeconds(10));

    private final FakeClassifier classifier = new FakeClassifier(Duration.ofMillis(1));
    private final AtomicInteger records = new AtomicInteger();

    /** By a clock that stands no model is too slow for a full batch, however busy this machine is. */
    private static long standing() {
        return 0;
    }

    private MicroBatcher engine() {
        return MicroBatcher.start(
                classifier,
                CANARY,
                LIMITS,
                (messages, verdicts, nanos) -> records.addAndGet(messages.size()),
                MicroBatcherTest::standing);
    }

    @Test
    void givesEachMessageItsOwnVerdictWithinTheBounds() {
        Random random = new Random(1);
        List<Tokens> messages = IntStream.range(0, 3_000)
                .mapToObj(i ->
                        Tokens.of(random.ints(random.nextInt(80), 0, 50_000).toArray()))
                .toList();
        try (MicroBatcher engine = engine()) {
            List<CompletableFuture<Verdict>> verdicts =
                    messages.stream().map(engine::submit).toList();

            for (int i = 0; i < messages.size(); i++) {
                assertThat(engine.await(verdicts.get(i)))
                        .isEqualTo(new FakeClassifier(Duration.ZERO)
                                .classify(List.of(messages.get(i)))
                                .get(0));
            }
            assertThat(engine.inFlight()).isZero();
        }
        assertThat(records).hasValue(3_000);
        assertThat(classifier.calls()).allSatisfy(call -> {
            int tokens = call.stream()
                    .mapToInt(m -> Math.min(m.length(), FakeClassifier.MAX_TOKENS))
                    .sum();
            assertThat(call).hasSizeLessThanOrEqualTo(8);
            assertThat(call.size() == 1 || tokens <= 60).isTrue();
        });
        assertThat(classifier.calls()).hasSizeLessThan(3_000);
    }

    @Test
    void takesAllThatIsWaitingInOneCall() throws InterruptedException {
        Gate gate = new Gate();
        try (MicroBatcher engine =
                MicroBatcher.start(gate, CANARY, LIMITS, (r, t, n) -> {}, MicroBatcherTest::standing)) {
            gate.shut();
            engine.submit(Tokens.of(1)).exceptionally(e -> null);
            gate.awaitCaller();
            List<CompletableFuture<Verdict>> waiting = IntStream.range(0, 5)
                    .mapToObj(i -> engine.submit(Tokens.of(i)))
                    .toList();
            assertThat(engine.inFlight()).isEqualTo(6);
            gate.open();

            waiting.forEach(engine::await);

            assertThat(gate.sizes).containsExactly(1, 1, 5);
        }
    }

    @Test
    void rejectsThePoisonedMessageAlone() {
        Random random = new Random(2);
        try (MicroBatcher engine = engine()) {
            List<Boolean> poisoned = new ArrayList<>();
            List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                poisoned.add(random.nextInt(10) == 0);
                verdicts.add(engine.submit(poisoned.get(i) ? POISON : Tokens.of(i)));
            }

            for (int i = 0; i < 200; i++) {
                CompletableFuture<Verdict> verdict = verdicts.get(i);
                if (poisoned.get(i)) {
                    assertThatThrownBy(() -> engine.await(verdict))
                            .isInstanceOf(RecordRejectedException.class)
                            .hasCauseInstanceOf(IllegalArgumentException.class);
                } else {
                    assertThat(engine.await(verdict)).isNotNull();
                }
            }
            assertThat(poisoned).contains(true);
            assertThat(engine.hasEnded()).isFalse();
        }
    }

    @Test
    void findsThePoisonedMessageInFewCalls() throws InterruptedException {
        // The whole, halves of what is left, the canary, the message alone; then the halves not classified yet.
        assertThat(callsOn(POISON, 7)).containsExactly(8, 4, 2, 1, 1, 1);
        assertThat(callsOn(POISON, 0)).containsExactly(8, 4, 2, 1, 1, 1, 1, 2, 4);
    }

    @Test
    void findsTheMessageWhoseScoresAreNoNumbersAtOnce() throws InterruptedException {
        assertThat(callsOn(Tokenizer.gpt2().encode(FakeClassifier.OVERFLOW), 3)).containsExactly(8, 1, 1);
    }

    /** How many messages each call had, on a micro-batch of 8 of which one is rejected. */
    private List<Integer> callsOn(Tokens rejected, int place) throws InterruptedException {
        Gate gate = new Gate();
        try (MicroBatcher engine = MicroBatcher.start(
                gate, CANARY, LIMITS, (messages, verdicts, nanos) -> records.addAndGet(messages.size()))) {
            gate.shut();
            engine.submit(Tokens.of(1)).exceptionally(e -> null);
            gate.awaitCaller();
            List<CompletableFuture<Verdict>> waiting = IntStream.range(0, 8)
                    .mapToObj(i -> engine.submit(i == place ? rejected : Tokens.of(i)))
                    .toList();
            records.set(0);
            gate.open();

            for (int i = 0; i < 8; i++) {
                CompletableFuture<Verdict> verdict = waiting.get(i);
                if (i == place) {
                    assertThatThrownBy(() -> engine.await(verdict)).isInstanceOf(RecordRejectedException.class);
                } else {
                    assertThat(engine.await(verdict).scores()).containsValue(0.75);
                }
            }
            // The listener is told of those that have verdicts: seven, and the one before.
            assertThat(records).hasValue(8);
            return gate.sizes.subList(2, gate.sizes.size());
        }
    }

    @Test
    void triesAMessageAgainThatFailedOnce() {
        AtomicInteger failures = new AtomicInteger(1);
        BatchClassifier flaky = new Delegate(messages -> {
            if (messages.get(0).equals(Tokens.of(7)) && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("once");
            }
            return classifier.classify(messages);
        });
        try (MicroBatcher engine =
                MicroBatcher.start(flaky, CANARY, LIMITS, (r, t, n) -> {}, MicroBatcherTest::standing)) {
            assertThat(engine.await(engine.submit(Tokens.of(7)))).isNotNull();
        }
    }

    @Test
    void failsEverythingOnceTheCanaryFails() {
        try (MicroBatcher engine = engine()) {
            List<CompletableFuture<Verdict>> verdicts = IntStream.range(0, 50)
                    .mapToObj(i -> engine.submit(i == 20 ? BREAK : Tokens.of(i)))
                    .toList();

            assertThatThrownBy(() -> engine.await(verdicts.get(49)))
                    .isInstanceOf(EngineFailedException.class)
                    .hasMessageContaining("broken");
            assertThat(verdicts).allMatch(CompletableFuture::isDone);
            assertThatThrownBy(() -> engine.await(engine.submit(Tokens.of(1))))
                    .isInstanceOf(EngineFailedException.class);
            assertThat(engine.hasEnded()).isTrue();
        }
        assertThat(classifier.isClosed()).isTrue();
    }

    @Test
    void isBrokenByAnError() {
        BatchClassifier failing = new Delegate(messages -> {
            if (messages.get(0).equals(CANARY)) {
                return classifier.classify(messages);
            }
            throw new OutOfMemoryError("native");
        });
        try (MicroBatcher engine =
                MicroBatcher.start(failing, CANARY, LIMITS, (r, t, n) -> {}, MicroBatcherTest::standing)) {
            assertThatThrownBy(() -> engine.await(engine.submit(Tokens.of(1))))
                    .isInstanceOf(EngineFailedException.class)
                    .hasRootCauseInstanceOf(OutOfMemoryError.class);
        }
    }

    @Test
    void isBrokenByAClassifierThatAnswersNonsense() {
        for (Function<List<Tokens>, List<Verdict>> nonsense : List.<Function<List<Tokens>, List<Verdict>>>of(
                messages -> List.of(),
                messages -> List.of(new Verdict("other", Map.of("other", 1.0), "m", 1, false)),
                messages -> List.of(new Verdict("ham", Map.of("ham", Double.NaN), "m", 1, false)))) {
            assertThatThrownBy(() -> MicroBatcher.start(
                            new Delegate(nonsense), CANARY, LIMITS, (r, t, n) -> {}, MicroBatcherTest::standing))
                    .isInstanceOf(EngineFailedException.class);
        }
    }

    @Test
    void givesUpOnAnEngineThatFinishesNothing() throws InterruptedException {
        Gate gate = new Gate();
        BatchLimits impatient = new BatchLimits(8, 60, Duration.ofMillis(100));
        try (MicroBatcher engine =
                MicroBatcher.start(gate, CANARY, impatient, (r, t, n) -> {}, MicroBatcherTest::standing)) {
            gate.shut();
            CompletableFuture<Verdict> verdict = engine.submit(Tokens.of(1));

            assertThatThrownBy(() -> engine.await(verdict))
                    .isInstanceOf(EngineFailedException.class)
                    .hasMessageContaining("PT0.1S");

            engine.close(Duration.ofMillis(10));
            assertThat(verdict).isCompletedExceptionally();
            gate.open();
        }
    }

    @Test
    void waitsLongerThanItsLimitForAnEngineThatGetsOn() {
        BatchLimits one = new BatchLimits(1, 60, Duration.ofMillis(200));
        FakeClassifier slow = new FakeClassifier(Duration.ofMillis(20));
        try (MicroBatcher engine = MicroBatcher.start(slow, CANARY, one, (r, t, n) -> {}, MicroBatcherTest::standing)) {
            List<CompletableFuture<Verdict>> verdicts = IntStream.range(0, 30)
                    .mapToObj(i -> engine.submit(Tokens.of(i)))
                    .toList();

            assertThat(engine.await(verdicts.get(29))).isNotNull();
        }
    }

    @RepeatedTest(10)
    void completesEveryVerdictWhenItIsClosedUnderLoad() throws InterruptedException {
        List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
        MicroBatcher engine = engine();
        CountDownLatch underWay = new CountDownLatch(200);
        Thread submitter = new Thread(() -> {
            for (int i = 0; i < 2_000; i++) {
                verdicts.add(engine.submit(Tokens.of(i % 100)));
                underWay.countDown();
            }
        });
        submitter.start();
        underWay.await();

        engine.close();

        submitter.join();
        assertThat(verdicts).hasSize(2_000).allMatch(CompletableFuture::isDone);
        assertThat(verdicts).anyMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(engine.inFlight()).isZero();
        await().until(classifier::isClosed);
    }

    /** Any function as a classifier. */
    private static class Delegate implements BatchClassifier {
        private final Function<List<Tokens>, List<Verdict>> function;

        Delegate(Function<List<Tokens>, List<Verdict>> function) {
            this.function = function;
        }

        @Override
        public List<Verdict> classify(List<Tokens> messages) {
            return function.apply(messages);
        }

        @Override
        public List<String> labels() {
            return List.of("ham", "spam");
        }

        @Override
        public ClassifierInfo info() {
            return new ClassifierInfo(FakeClassifier.MODEL, "fp32", "cpu", Optional.empty());
        }

        @Override
        public long positions() {
            return 0;
        }

        @Override
        public int maxTokens() {
            return FakeClassifier.MAX_TOKENS;
        }

        @Override
        public void close() {}
    }

    /** A classifier whose calls can be held. */
    private static final class Gate extends Delegate {
        private final List<Integer> sizes = new CopyOnWriteArrayList<>();
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private volatile CountDownLatch caller = new CountDownLatch(0);

        Gate() {
            super(new FakeClassifier(Duration.ZERO)::classify);
        }

        void shut() {
            caller = new CountDownLatch(1);
            gate = new CountDownLatch(1);
        }

        void open() {
            gate.countDown();
        }

        void awaitCaller() throws InterruptedException {
            caller.await();
        }

        @Override
        public List<Verdict> classify(List<Tokens> messages) {
            sizes.add(messages.size());
            caller.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.classify(messages);
        }
    }
}
