package org.smsieve.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.smsieve.command.UserException;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.Example;
import org.smsieve.trainer.data.Source;
import org.smsieve.trainer.evaluate.ThresholdRule.MaxFalsePositiveRate;

class ThresholdRuleTest {
    private static Predictions predictions(List<Double> ham, List<Double> spam) {
        List<Prediction> rows = new ArrayList<>();
        ham.forEach(score -> rows.add(new Prediction(0, List.of(1 - score, score))));
        spam.forEach(score -> rows.add(new Prediction(1, List.of(1 - score, score))));
        return new Predictions(List.of("ham", "spam"), rows);
    }

    private static double probability(double share, Predictions validation) {
        return new MaxFalsePositiveRate(share).choose(validation).threshold().probability();
    }

    @Test
    void liesMidwayByLogOddsBetweenWhatIsOutAndWhatIsIn() {
        Predictions validation = predictions(List.of(0.1, 0.2), List.of(0.9, 0.99));

        // logit 0.2 is -ln 4, logit 0.9 is ln 9: half their sum is ln 1.5
        assertThat(probability(0, validation)).isCloseTo(0.6, within(1e-12));
    }

    @Test
    void letsAsManyInAsTheShareAllowsExactly() {
        Predictions validation =
                predictions(List.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9), List.of(0.95, 0.99));

        // 0.3 of 10 is 3, though 0.3 * 10 need not be so in binary
        assertThat(probability(0.3, validation)).isBetween(0.7, 0.8);
        assertThat(probability(0.29, validation)).isBetween(0.8, 0.85);
    }

    @Test
    void keepsAllOfSeveralEqualOnesOut() {
        Predictions validation = predictions(List.of(0.1, 0.7, 0.7, 0.7), List.of(0.6, 0.7, 0.8));

        assertThat(probability(0.5, validation)).isBetween(0.7, 0.8);
    }

    @Test
    void isAboveEverythingWhereNothingElseIsLeft() {
        assertThat(probability(0, predictions(List.of(0.8), List.of(0.5)))).isCloseTo(0.9, within(1e-12));
    }

    @Test
    void isNotBelowOneHalf() {
        Predictions clean = predictions(List.of(0.001, 0.01), List.of(0.4, 0.99));
        Predictions clear = predictions(List.of(0.001, 0.01), List.of(0.9999));

        for (double share : List.of(0.0, 0.5, 1.0)) {
            ThresholdChoice choice = new MaxFalsePositiveRate(share).choose(clean);

            assertThat(choice.threshold().probability()).isEqualTo(0.5);
            assertThat(choice.reason())
                    .startsWith("the lowest from 0.5 on with at most ")
                    .contains("0 of 2; a lower one would do there too, but");
        }
        ThresholdChoice above = new MaxFalsePositiveRate(0).choose(clear);
        assertThat(above.threshold().probability()).isBetween(0.5, 0.9999);
        assertThat(above.reason()).doesNotContain("a lower one");
    }

    @Test
    void saysWhenCertaintyCannotBeKeptOut() {
        ThresholdChoice choice = new MaxFalsePositiveRate(0).choose(predictions(List.of(0.5, 1.0), List.of(1.0)));

        assertThat(choice.threshold().probability()).isEqualTo(1);
        assertThat(choice.reason()).contains("1 of 2", "no threshold keeps them out");
    }

    /** 1 - 0.05^(1/500) = 0.598 %. */
    @Test
    void saysWhenTheMessagesAreTooFewForTheShare() {
        List<Double> ham = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ham.add(i / 1000.0);
        }

        ThresholdChoice choice = new MaxFalsePositiveRate(0.001).choose(predictions(ham, List.of(0.9)));

        assertThat(choice.threshold().probability()).isBetween(0.499, 0.9);
        assertThat(choice.reason()).contains("at most 0.1 %", "0 of 500", "so few messages", "below 0.60 %");
    }

    @Test
    void refusesAValidationPartWithoutOtherLabels() {
        Dataset empty = new Dataset(new Source("none", "0"), List.of("ham", "spam"), List.of());
        Dataset spam =
                new Dataset(new Source("none", "0"), List.of("ham", "spam"), List.of(new Example("spam", "win")));

        MaxFalsePositiveRate rule = new MaxFalsePositiveRate(0.01);

        for (Dataset validation : List.of(empty, spam)) {
            assertThatThrownBy(() -> rule.check(validation))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("max-false-positive-rate: the validation part has no messages but of spam");
        }
        assertThatThrownBy(() -> new MaxFalsePositiveRate(1.5)).hasMessageContaining("(expected: 0 to 1)");
        assertThatThrownBy(() -> new MaxFalsePositiveRate(Double.NaN)).isInstanceOf(UserException.class);
    }

    @Test
    void writesProbabilitiesWithoutCallingThemCertain() {
        assertThat(Figure.probability(0.9999998765)).isEqualTo("0.9999998765");
        assertThat(Figure.probability(0.000000123456)).isEqualTo("0.0000001235");
        assertThat(Figure.probability(0.6)).isEqualTo("0.6");
        assertThat(Figure.probability(1)).isEqualTo("1");
        assertThat(Figure.probability(0)).isEqualTo("0");
    }
}
