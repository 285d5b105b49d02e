package org.smsieve.app.microbatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.smsieve.app.fixture.ScriptedClassifier;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/** The engine changes models. */
@Timeout(30)
class MicroBatcherSwapTest {
    private static final Tokens CANARY = Tokens.of(1, 2, 3);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final ScriptedClassifier old = new ScriptedClassifier("old@1");
    private final ScriptedClassifier next = new ScriptedClassifier("next@1");

    private MicroBatcher engine() {
        return MicroBatcher.start(
                old, CANARY, new BatchLimits(8, 60, LIMIT), (messages, verdicts, nanos) -> {}, () -> 0);
    }

    private static List<CompletableFuture<Verdict>> submit(MicroBatcher engine, int... tokens) {
        return IntStream.of(tokens)
                .mapToObj(token -> engine.submit(Tokens.of(token)))
                .toList();
    }

    @Test
    void changesBetweenTheMessagesBeforeAndThoseAfter() throws InterruptedException {
        try (MicroBatcher engine = engine()) {
            old.hold();
            List<CompletableFuture<Verdict>> before = submit(engine, 11, 12, 13);
            CompletableFuture<BatchClassifier> swap = engine.swap(next);
            List<CompletableFuture<Verdict>> after = submit(engine, 21, 22, 23);
            old.awaitHeld();
            old.release();

            assertThat(before)
                    .extracting(verdict -> engine.await(verdict).model())
                    .containsOnly("old@1");
            assertThat(after)
                    .extracting(verdict -> engine.await(verdict).model())
                    .containsOnly("next@1");
            assertThat(engine.await(swap)).isSameAs(old);
            assertThat(engine.info().model()).isEqualTo("next@1");
            assertThat(next.calls())
                    .as("the canary first, then all that waited")
                    .containsExactly(List.of(CANARY), List.of(Tokens.of(21), Tokens.of(22), Tokens.of(23)));
        }
        assertThat(old.calls()).flatExtracting(call -> call).doesNotContain(Tokens.of(21));
        assertThat(old.closings()).as("closed by whoever has it back").isZero();
        assertThat(next.closings()).isEqualTo(1);
    }

    static Stream<Throwable> failures() {
        return Stream.of(new IllegalStateException("unsound"), new OutOfMemoryError("native"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void keepsTheOldOneWhereTheNextFailsTheCanary(Throwable failure) {
        next.failWith(failure);
        try (MicroBatcher engine = engine()) {
            CompletableFuture<BatchClassifier> swap = engine.swap(next);

            assertThat(engine.await(submit(engine, 1).get(0)).model()).isEqualTo("old@1");

            assertThatThrownBy(swap::get).hasCause(failure);
            assertThat(engine.info().model()).isEqualTo("old@1");
            assertThat(engine.hasEnded()).isFalse();
        }
        assertThat(next.calls()).containsExactly(List.of(CANARY));
        assertThat(next.closings()).as("of no use").isPositive();
        assertThat(old.closings()).isEqualTo(1);
    }

    @Test
    void changesNothingAfterItWasClosed() {
        MicroBatcher engine = engine();
        engine.close();

        CompletableFuture<BatchClassifier> swap = engine.swap(next);

        assertThatThrownBy(() -> engine.await(swap))
                .isInstanceOf(EngineFailedException.class)
                .hasMessage("the engine is closed");
        assertThat(next.calls()).isEmpty();
        assertThat(next.closings()).isPositive();
        assertThat(old.closings()).isEqualTo(1);
    }

    @Test
    void failsASwapThatWaitsWhenTheEngineBreaks() throws InterruptedException {
        try (MicroBatcher engine = engine()) {
            old.hold();
            submit(engine, 1);
            old.awaitHeld();
            CompletableFuture<BatchClassifier> swap = engine.swap(next);
            old.failWith(new OutOfMemoryError("native")).release();

            assertThatThrownBy(() -> engine.await(swap))
                    .isInstanceOf(EngineFailedException.class)
                    .hasRootCauseInstanceOf(OutOfMemoryError.class);
        }
        assertThat(next.calls()).isEmpty();
        assertThat(next.closings()).isPositive();
        assertThat(old.closings()).isEqualTo(1);
    }

    @Test
    void failsASwapThatWaitsWhenTheEngineIsClosed() throws InterruptedException {
        MicroBatcher engine = engine();
        old.hold();
        submit(engine, 1);
        old.awaitHeld();
        CompletableFuture<BatchClassifier> swap = engine.swap(next);

        engine.close(Duration.ofMillis(10));

        assertThat(swap).isCompletedExceptionally();
        old.release();
        await().atMost(LIMIT).until(() -> old.closings() == 1);
        assertThat(next.calls()).isEmpty();
        assertThat(next.closings()).isPositive();
    }
}
