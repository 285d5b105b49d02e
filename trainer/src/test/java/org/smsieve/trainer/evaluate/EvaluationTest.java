package org.smsieve.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    /** Figures by scikit-learn's classification_report. */
    @Test
    void countsAsScikitLearnDoes() {
        Evaluation evaluation = new Evaluation(List.of("ham", "spam"), List.of(List.of(90, 2), List.of(3, 15)), 0.25);

        assertThat(evaluation.messages()).isEqualTo(110);
        assertThat(evaluation.accuracy()).isCloseTo(0.954545, within(1e-6));
        assertThat(evaluation.precision("spam")).isCloseTo(0.882353, within(1e-6));
        assertThat(evaluation.recall("spam")).isCloseTo(0.833333, within(1e-6));
        assertThat(evaluation.f1("spam")).isCloseTo(0.857143, within(1e-6));
        assertThat(evaluation.f1("ham")).isCloseTo(0.972973, within(1e-6));
        assertThat(evaluation.table()).contains("110 messages, accuracy 95.45 %, loss 0.2500");
    }

    @Test
    void givesZeroWhereThereIsNothingToDivideBy() {
        Evaluation evaluation = new Evaluation(List.of("ham", "spam"), List.of(List.of(5, 0), List.of(0, 0)), 0);

        assertThat(evaluation.precision("spam")).isZero();
        assertThat(evaluation.recall("spam")).isZero();
        assertThat(evaluation.f1("spam")).isZero();
        assertThat(new Evaluation(List.of("a", "b"), List.of(List.of(0, 0), List.of(0, 0)), 0).accuracy())
                .isZero();
    }
}
