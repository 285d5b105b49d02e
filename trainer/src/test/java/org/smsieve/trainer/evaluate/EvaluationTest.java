package org.smsieve.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.trainer.evaluate.ThresholdRule.MaxFalsePositiveRate;

/** Compares with what make_evaluation.py had scikit-learn compute. */
class EvaluationTest {
    private record Golden(String name, Evaluation evaluation, JsonNode figures) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Golden> golden() throws IOException {
        try (InputStream in = EvaluationTest.class.getResourceAsStream("figures.json")) {
            JsonNode cases = new JsonMapper().readTree(in);
            return StreamSupport.stream(cases.spliterator(), false).map(EvaluationTest::golden);
        }
    }

    private static Golden golden(JsonNode made) {
        List<String> labels = new ArrayList<>();
        made.get("labels").forEach(label -> labels.add(label.textValue()));
        List<Prediction> rows = new ArrayList<>();
        for (JsonNode row : made.get("rows")) {
            List<Double> probabilities = new ArrayList<>();
            row.get(1).forEach(probability -> probabilities.add(probability.doubleValue()));
            rows.add(new Prediction(row.get(0).intValue(), probabilities));
        }
        DecisionThreshold threshold = made.get("threshold").isNull()
                ? null
                : new DecisionThreshold("spam", made.get("threshold").doubleValue());
        return new Golden(
                made.get("name").textValue(),
                Evaluation.of(new Predictions(labels, rows), threshold),
                made.get("figures"));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void computesTheFiguresThatScikitLearnDoes(Golden golden) {
        Evaluation evaluation = golden.evaluation;
        Confusion confusion = evaluation.confusion();
        JsonNode figures = golden.figures;

        assertClose(confusion.accuracy(), figures.get("accuracy"));
        assertClose(
                confusion.accuracyInterval().low(),
                figures.get("accuracyInterval95").get(0));
        assertClose(
                confusion.accuracyInterval().high(),
                figures.get("accuracyInterval95").get(1));
        assertClose(evaluation.likeliestAccuracy(), figures.get("likeliestLabelAccuracy"));
        assertClose(evaluation.loss(), figures.get("loss"));
        assertClose(evaluation.brier(), figures.get("brier"));
        assertClose(confusion.matthews(), figures.get("matthews"));
        assertClose(evaluation.calibrationError(), figures.get("calibrationError"));
        assertClose(evaluation.macroArea(), figures.get("rocAreaMacro"));
        for (int i = 0; i < evaluation.labels().size(); i++) {
            String label = evaluation.labels().get(i);
            assertClose(confusion.precision(label), figures.get("precision").get(i));
            assertClose(confusion.recall(label), figures.get("recall").get(i));
            assertClose(confusion.f1(label), figures.get("f1").get(i));
            assertClose(evaluation.area(label), figures.get("rocAreas").get(i));
        }
        assertThat(confusion.counts())
                .hasToString(figures.get("confusion").toString().replace(",", ", "));
        figures.get("thresholds").forEach(at -> {
            Confusion there =
                    evaluation.atThresholds().get(at.get("probability").doubleValue());
            assertClose(there.falsePositiveRate(evaluation.positiveLabel()), at.get("falsePositiveRate"));
            assertClose(there.recall(evaluation.positiveLabel()), at.get("recall"));
        });
    }

    /** The lowest threshold is the one with the most recall, on scikit-learn's ROC curve from 0.5 on. */
    @ParameterizedTest
    @MethodSource("golden")
    void picksThePointOfTheCurveThatIsAllowed(Golden golden) {
        Predictions predictions = golden.evaluation.predictions();

        for (JsonNode at : golden.figures.get("maxFalsePositiveRates")) {
            DecisionThreshold threshold = new MaxFalsePositiveRate(
                            at.get("share").doubleValue())
                    .choose(predictions)
                    .threshold();

            Confusion there = Confusion.of(predictions, threshold);
            assertClose(there.falsePositiveRate("spam"), at.get("falsePositiveRate"));
            assertClose(there.recall("spam"), at.get("recall"));
        }
    }

    @Test
    void leavesOutWhatIsUndefined() throws IOException {
        Evaluation nothing = Evaluation.of(new Predictions(List.of("ham", "spam"), List.of()), null);

        String json = new JsonMapper().writeValueAsString(nothing.describe());

        assertThat(json)
                .contains("\"messages\":0", "\"accuracy\":null", "\"loss\":null", "\"rocArea\":null")
                .contains("\"accuracyInterval95\":null", "\"matthews\":null", "\"recall\":null")
                .doesNotContain("NaN");
    }

    private static void assertClose(Double actual, JsonNode expected) {
        if (expected.isNull()) {
            assertThat(actual).isNull();
        } else {
            assertThat(actual).isCloseTo(expected.doubleValue(), within(1e-9));
        }
    }
}
