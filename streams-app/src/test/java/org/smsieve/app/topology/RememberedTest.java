package org.smsieve.app.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.ClassifierInfo;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

class RememberedTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Tokens MESSAGE = Tokens.of(2, 3);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AppMetrics metrics = new AppMetrics(registry, List.of("ham", "spam"));
    private final AtomicInteger classified = new AtomicInteger();
    private final MicroBatcher engine = MicroBatcher.start(
            new Named("fake@1"),
            Tokens.of(1),
            new BatchLimits(8, 60, LIMIT),
            (messages, verdicts, nanos) -> classified.addAndGet(messages.size()));
    private final Remembered sut = new Remembered(engine, 100, metrics);
    private final Poll poll = new Poll(1, false, System::nanoTime);

    /** A classifier of some name, that takes its time. */
    private record Named(String model, FakeClassifier fake) implements BatchClassifier {
        Named(String model) {
            this(model, new FakeClassifier(Duration.ofMillis(50)));
        }

        @Override
        public List<Verdict> classify(List<Tokens> messages) {
            return fake.classify(messages).stream()
                    .map(verdict -> new Verdict(
                            verdict.label(), verdict.scores(), model, verdict.tokens(), verdict.truncated()))
                    .toList();
        }

        @Override
        public List<String> labels() {
            return fake.labels();
        }

        @Override
        public ClassifierInfo info() {
            return new ClassifierInfo(model, "fp32", "cpu", Optional.empty());
        }

        @Override
        public long positions() {
            return fake.positions();
        }

        @Override
        public int maxTokens() {
            return fake.maxTokens();
        }

        @Override
        public void close() {
            fake.close();
        }
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private Verdict classify(Tokens message) {
        return engine.await(sut.submit(message, poll));
    }

    private double count(String result) {
        return registry.get("smsieve.remembered")
                .tag("result", result)
                .counter()
                .count();
    }

    @Test
    void classifiesATextOnceAndNoOtherForIt() {
        Verdict first = classify(MESSAGE);

        assertThat(classify(Tokens.of(2, 3))).isSameAs(first);
        assertThat(List.of(Tokens.of(3, 2), Tokens.of(2), Tokens.of(2, 3, 0), Tokens.of()))
                .allSatisfy(other -> assertThat(classify(other)).isNotSameAs(first));

        assertThat(classified).hasValue(5);
        assertThat(count("hit")).isEqualTo(1);
        assertThat(count("miss")).isEqualTo(5);
    }

    @Test
    void waitsForWhatIsInWork() {
        CompletableFuture<Verdict> first = sut.submit(MESSAGE, poll);
        CompletableFuture<Verdict> second = sut.submit(MESSAGE, poll);

        assertThat(engine.await(second)).isSameAs(engine.await(first));
        assertThat(classified).hasValue(1);
    }

    @Test
    void hasEachModelClassify() {
        classify(MESSAGE);
        engine.await(engine.swap(new Named("fake@2"))).close();

        assertThat(classify(MESSAGE).model()).isEqualTo("fake@2");
        assertThat(classified).hasValue(2);
    }

    @Test
    void doesNotTakeTheNextModelsVerdictForTheFirstOnes() {
        CompletableFuture<Verdict> inWork = sut.submit(Tokens.of(4), poll);
        CompletableFuture<BatchClassifier> first = engine.swap(new Named("fake@2"));
        // Submitted under the first model, and classified by the next.
        Verdict verdict = classify(MESSAGE);
        assertThat(verdict.model()).isEqualTo("fake@2");
        assertThat(engine.await(inWork).model()).isEqualTo("fake@1");

        engine.await(engine.swap(engine.await(first))).close();

        assertThat(classify(MESSAGE).model()).isEqualTo("fake@1");
    }

    @Test
    void forgetsFailures() {
        Tokens poison = Tokenizer.gpt2().encode(FakeClassifier.POISON);

        assertThat(sut.submit(poison, poll)).failsWithin(LIMIT);
        assertThat(sut.submit(poison, poll)).failsWithin(LIMIT);

        assertThat(count("miss")).isEqualTo(2);
    }

    @Test
    void remembersNothingWhereItShallNot() {
        Remembered none = new Remembered(engine, 0, metrics);

        engine.await(none.submit(MESSAGE, poll));
        engine.await(none.submit(MESSAGE, poll));

        assertThat(classified).hasValue(2);
    }
}
