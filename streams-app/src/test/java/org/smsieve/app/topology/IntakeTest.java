package org.smsieve.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.live.Recent;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.message.InboundReader;
import org.smsieve.message.InputFormat;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

class IntakeTest {
    private static final BatchLimits LIMITS = new BatchLimits(8, 1_000, Duration.ofSeconds(10));

    private final FakeClassifier classifier = new FakeClassifier(Duration.ofMillis(50));
    private final AppMetrics metrics = new AppMetrics(new SimpleMeterRegistry(), classifier.labels());

    @Test
    void givesAnUnreadableRecordItsTurnBehindWhatOtherThreadsHaveSubmitted() {
        try (MicroBatcher engine = MicroBatcher.start(classifier, Tokens.of(1), LIMITS, (m, v, n) -> {})) {
            Intake sut = intake(engine);
            List<PendingVerdict> others = IntStream.range(0, 30)
                    .mapToObj(i -> sut.submit(("message " + i).getBytes(UTF_8), sut.poll(30, false)))
                    .toList();

            PendingVerdict unreadable = sut.submit(null, sut.poll(1, false));

            assertThat(unreadable.verdict()).isNotDone();
            assertThat(engine.await(unreadable.verdict())).isNull();
            // The last of them may be in the call that is on its way.
            assertThat(others.subList(0, 30 - 8))
                    .allSatisfy(other -> assertThat(other.verdict()).isCompleted());
        }
    }

    @Test
    void givesItAtOnceWhereNothingWaits() {
        try (MicroBatcher engine = MicroBatcher.start(classifier, Tokens.of(1), LIMITS, (m, v, n) -> {})) {
            Intake sut = intake(engine);

            assertThat(sut.submit(null, sut.poll(1, false)).verdict()).isCompletedWithValue(null);
        }
    }

    private Intake intake(MicroBatcher engine) {
        return new Intake(
                new InboundReader(new InputFormat.Text(), 65_536),
                Tokenizer.gpt2(),
                engine,
                new Remembered(engine, 100, metrics),
                metrics,
                new Recent(true));
    }
}
