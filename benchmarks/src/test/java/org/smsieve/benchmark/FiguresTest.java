package org.smsieve.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.text.Tokens;

/** What is computed from what was measured. */
class FiguresTest {
    private static final long MILLI = 1_000_000;

    @Test
    void countsRecordsBetweenBursts() {
        // Bursts at 0, 100, 200 and 300 ms, of 1, 2, 3 and 4 records; one record has not come.
        long[] arrived = {0, 100, 100, 200, 200, 200, 300, 300, 300, 300};
        for (int i = 0; i < arrived.length; i++) {
            arrived[i] = 7 + arrived[i] * MILLI;
        }
        long[] withOneMissing = Arrays.copyOf(arrived, arrived.length + 1);

        // The warm-up ends before the burst at 100.
        Saturation saturation = Saturation.of(withOneMissing, Duration.ofMillis(50));

        assertThat(saturation.records()).isEqualTo(3 + 4);
        assertThat(saturation.bursts()).isEqualTo(2);
        assertThat(saturation.perSecond()).isCloseTo(7 / 0.2, within(1e-9));
        assertThat(saturation.isEnough()).isFalse();
    }

    @Test
    void tellsNoRateOfASingleBurst() {
        assertThat(Saturation.of(new long[] {5, 5, 5}, Duration.ZERO).records()).isZero();
        assertThat(Saturation.of(new long[0], Duration.ZERO).records()).isZero();
    }

    @Test
    void latencyCountsFromWhenAMessageWasDue() {
        long[] due = {0, 10 * MILLI, 20 * MILLI};
        // The first number is of another load; the last message has not come.
        long[] arrived = {1, 5 * MILLI, 50 * MILLI, 0};

        Latency latency = Latency.of(0.5, 100, due, arrived, 1, 1020 * MILLI);

        assertThat(latency.missing()).isEqualTo(1);
        assertThat(latency.micros().getTotalCount()).isEqualTo(3);
        assertThat(latency.millis(1)).isCloseTo(5, within(0.01));
        assertThat(latency.millis(50)).isCloseTo(40, within(0.05));
        assertThat(latency.millis(100)).isCloseTo(1000, within(1.0));
    }

    @Test
    void countsOperationsOfTheProductsAlone() {
        // Width 2, MLP 8, 2 blocks, 1 head, 2 labels; 3 tokens.
        Gpt2Config config = new Gpt2Config(50_257, 16, 2, 2, 1, 8, 1e-5, List.of("ham", "spam"));
        double linear = 2 * (2 * 6 + 2 * 2 + 2 * 8 + 8 * 2);
        double pairs = 1 + 2 + 3;
        double first = 3 * linear + pairs * (2 * 2 + 2 * 2);
        double last = linear + 3 * (2 * 2 + 2 * 2);
        double head = 2 * 2 * 2;

        assertThat(Arithmetic.of(List.of(Tokens.of(1, 2, 3)), 16, config)).isEqualTo(first + last + head);
        assertThat(Arithmetic.of(List.of(Tokens.of(1, 2, 3, 4, 5)), 3, config)).isEqualTo(first + last + head);
    }
}
