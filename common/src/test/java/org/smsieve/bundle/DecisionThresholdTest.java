package org.smsieve.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionThresholdTest {
    private static final List<String> LABELS = List.of("ham", "spam", "promo");

    private static String decided(DecisionThreshold threshold, Double... probabilities) {
        return LABELS.get(DecisionThreshold.decide(threshold, LABELS, List.of(probabilities)));
    }

    @Test
    void takesTheFirstOfTheLikeliestWithoutAThreshold() {
        assertThat(decided(null, 0.2, 0.4, 0.4)).isEqualTo("spam");
    }

    @Test
    void takesItsLabelFromTheProbabilityOn() {
        assertThat(decided(new DecisionThreshold("spam", 0.1), 0.6, 0.1, 0.3)).isEqualTo("spam");
    }

    @Test
    void takesTheLikeliestOfTheOthersBelow() {
        assertThat(decided(new DecisionThreshold("spam", 0.9), 0.1, 0.6, 0.3)).isEqualTo("promo");
        assertThat(decided(new DecisionThreshold("ham", 1), 0.9, 0.05, 0.05)).isEqualTo("spam");
    }
}
