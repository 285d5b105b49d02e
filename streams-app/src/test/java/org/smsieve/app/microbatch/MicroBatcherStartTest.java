package org.smsieve.app.microbatch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.text.Tokens;

@Timeout(30)
class MicroBatcherStartTest {
    @Test
    void leavesNothingBehindWhenTheCanaryTakesTooLong() {
        FakeClassifier slow = new FakeClassifier(Duration.ofSeconds(2));
        BatchLimits limits = new BatchLimits(8, 60, Duration.ofMillis(100));

        assertThatThrownBy(() -> MicroBatcher.start(slow, Tokens.of(1), limits, (messages, verdicts, nanos) -> {}))
                .isInstanceOf(EngineFailedException.class)
                .hasMessageContaining("no answer within PT0.1S");

        // By the engine's thread, as the last that it does.
        await().atMost(Duration.ofSeconds(20)).until(slow::isClosed);
    }
}
