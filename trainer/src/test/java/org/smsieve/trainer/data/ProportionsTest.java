package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProportionsTest {
    @Test
    void readsPercentages() {
        assertThat(Proportions.parse("80/0/20")).isEqualTo(new Proportions(80, 0, 20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"70/10/21", "0/50/50", "80/20", "-10/90/20", "0.7/0.1/0.2", "seventy/10/20", ""})
    void refusesWhatDoesNotAddUp(String written) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proportions.parse(written))
                .withMessageContaining("expected");
    }
}
