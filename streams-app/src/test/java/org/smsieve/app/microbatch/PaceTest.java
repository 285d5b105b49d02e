package org.smsieve.app.microbatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.ClassifierInfo;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/** In virtual time, which the models let pass. */
class PaceTest {
    private static final Tokens CANARY = Tokens.of(0);
    private static final BatchLimits LIMITS = new BatchLimits(100, 1000, Duration.ofSeconds(60));

    private final AtomicLong now = new AtomicLong();

    /** What a call takes by the number of its messages, all of one token. */
    private class Model implements BatchClassifier {
        final List<Integer> sizes = new ArrayList<>();
        private final Duration call;
        private final Duration message;

        Model(Duration call, Duration message) {
            this.call = call;
            this.message = message;
        }

        @Override
        public List<Verdict> classify(List<Tokens> messages) {
            now.addAndGet(call.plus(message.multipliedBy(messages.size())).toNanos());
            sizes.add(messages.size());
            return messages.stream()
                    .map(tokens -> new Verdict("ham", Map.of("ham", 1.0), "paced@1", 1, false))
                    .toList();
        }

        @Override
        public List<String> labels() {
            return List.of("ham");
        }

        @Override
        public ClassifierInfo info() {
            return new ClassifierInfo("paced@1", "fp32", "cpu", Optional.empty());
        }

        @Override
        public long positions() {
            return 0;
        }

        @Override
        public int maxTokens() {
            return 1;
        }

        @Override
        public void close() {}
    }

    private MicroBatcher engine(Model model) {
        return new MicroBatcher(model, CANARY, LIMITS, (messages, verdicts, nanos) -> {}, now::get);
    }

    private static void submit(MicroBatcher engine, int messages) {
        List<CompletableFuture<Verdict>> verdicts = IntStream.range(0, messages)
                .mapToObj(i -> engine.submit(Tokens.of(i)))
                .toList();
        run(engine);
        assertThat(verdicts).allMatch(verdict -> !verdict.isCompletedExceptionally());
    }

    private static void swap(MicroBatcher engine, Model next) {
        CompletableFuture<BatchClassifier> before = engine.swap(next);
        run(engine);
        assertThat(before).isCompleted();
    }

    private static void run(MicroBatcher engine) {
        while (!engine.isIdle()) {
            engine.step();
        }
    }

    @Test
    void keepsThePaceOfTheModelThatStays() {
        Model slow = new Model(Duration.ZERO, Duration.ofMillis(100));
        MicroBatcher engine = engine(slow);
        submit(engine, 20);

        CompletableFuture<BatchClassifier> refused = engine.swap(new Model(Duration.ZERO, Duration.ofNanos(1)) {
            @Override
            public List<Verdict> classify(List<Tokens> messages) {
                return List.of();
            }
        });
        submit(engine, 15);

        assertThat(refused).isCompletedExceptionally();
        assertThat(slow.sizes).containsExactly(1, 10, 10, 10, 5);
    }

    @Test
    void givesASlowModelAsMuchAsItDoesInASecond() {
        Model slow = new Model(Duration.ZERO, Duration.ofMillis(100));
        submit(engine(slow), 35);

        assertThat(slow.sizes).containsExactly(1, 10, 10, 10, 5);
    }

    @Test
    void givesOneMessageAtLeast() {
        Model slowest = new Model(Duration.ZERO, Duration.ofSeconds(5));
        submit(engine(slowest), 3);

        assertThat(slowest.sizes).containsExactly(1, 1, 1, 1);
    }

    /** A call costs something beyond its messages, so that the first, small ones make the model look slower. */
    @Test
    void growsUpToTheSecond() {
        Model model = new Model(Duration.ofMillis(400), Duration.ofMillis(20));
        submit(engine(model), 1_000);

        assertThat(model.sizes.subList(0, 3)).isSorted().startsWith(1, 2);
        // 30 messages take 0.4 s and 30 times 0.02 s.
        assertThat(model.sizes.subList(20, model.sizes.size() - 1)).allMatch(size -> size >= 28 && size <= 30);
    }

    @Test
    void startsAnewWithAnotherModel() {
        Model slow = new Model(Duration.ZERO, Duration.ofMillis(100));
        Model fast = new Model(Duration.ZERO, Duration.ofNanos(1));
        MicroBatcher engine = engine(slow);
        submit(engine, 20);

        swap(engine, fast);
        submit(engine, 250);
        swap(engine, slow);
        submit(engine, 15);

        assertThat(fast.sizes).containsExactly(1, 100, 100, 50);
        assertThat(slow.sizes).containsExactly(1, 10, 10, 1, 10, 5);
    }
}
