package org.smsieve.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Schedule COSINE = new Schedule(Schedule.Decay.COSINE, 0.1);

    @Test
    void staysConstant() {
        assertThat(Schedule.CONSTANT.factor(0, 10)).isEqualTo(1);
        assertThat(Schedule.CONSTANT.factor(9, 10)).isEqualTo(1);
    }

    @Test
    void warmsUpAndFallsAlongACosine() {
        assertThat(COSINE.factor(0, 1000)).isCloseTo(0.01, within(0.001));
        assertThat(COSINE.factor(100, 1000)).isEqualTo(1);
        assertThat(COSINE.factor(550, 1000)).isCloseTo(0.5, within(1e-9));
        assertThat(COSINE.factor(999, 1000)).isBetween(0.0, 1e-4);
    }

    @Test
    void isNeverOverOne() {
        for (int steps : new int[] {1, 2, 7, 100}) {
            for (int step = 0; step < steps; step++) {
                assertThat(COSINE.factor(step, steps)).isBetween(0.0, 1.0);
            }
        }
    }
}
