package org.smsieve.trainer.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.bwaldvogel.liblinear.Feature;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.Example;
import org.smsieve.trainer.data.Source;

/** Compares with what make_evaluation.py had scikit-learn compute. */
class BaselineTest {
    /** LIBLINEAR stops earlier here than it did there. */
    private static final double STOPPING = 5e-3;

    private JsonNode golden;
    private List<String> asked;

    @BeforeEach
    void read() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("ngrams.json")) {
            golden = new JsonMapper().readTree(in);
        }
        asked = new ArrayList<>();
        golden.get("asked").forEach(text -> asked.add(text.textValue()));
    }

    private Dataset messages(List<String> labels, String... keys) {
        List<Example> examples = new ArrayList<>();
        for (String key : keys) {
            golden.get(key)
                    .forEach(row -> examples.add(
                            new Example(row.get(0).textValue(), row.get(1).textValue())));
        }
        return new Dataset(new Source("made up", "0"), labels, examples);
    }

    @Test
    void weighsNgramsAsScikitLearnDoes() {
        Baseline baseline = new Baseline(messages(List.of("ham", "spam"), "training"), Map.of());

        assertThat(baseline.size()).isEqualTo(golden.get("vocabulary").intValue());
        for (int i = 0; i < asked.size(); i++) {
            Feature[] features = baseline.features(asked.get(i));
            double[] weights = Arrays.stream(features)
                    .limit(features.length - 1)
                    .mapToDouble(Feature::getValue)
                    .sorted()
                    .toArray();
            double[] expected = StreamSupport.stream(
                            golden.get("weights").get(i).spliterator(), false)
                    .mapToDouble(JsonNode::doubleValue)
                    .toArray();
            assertThat(weights).as(asked.get(i)).containsExactly(expected, within(1e-12));
        }
    }

    @Test
    void givesTheProbabilitiesThatScikitLearnDoes() {
        Map<String, Double> weights = Map.of("spam", golden.get("spamWeight").doubleValue());

        Baseline baseline = new Baseline(messages(List.of("ham", "spam"), "training"), weights);

        for (int i = 0; i < asked.size(); i++) {
            assertClose(
                    baseline.probabilities(asked.get(i)),
                    golden.get("probabilities").get(i));
        }
    }

    @Test
    void takesEachOfSeveralLabelsAgainstTheRest() {
        List<String> labels = List.of("ham", "nobody's", "promo", "spam");

        Baseline baseline = new Baseline(messages(labels, "promo", "training"), Map.of());

        for (int i = 0; i < asked.size(); i++) {
            List<Double> probabilities = baseline.probabilities(asked.get(i));
            assertThat(probabilities.get(1)).isZero();
            assertClose(
                    List.of(probabilities.get(0), probabilities.get(3), probabilities.get(2)),
                    golden.get("probabilitiesOfThree").get(i));
        }
    }

    @Test
    void isTheSameEveryTime() {
        Dataset messages = messages(List.of("ham", "spam"), "training");

        assertThat(new Baseline(messages, Map.of()).predict(messages))
                .isEqualTo(new Baseline(messages, Map.of()).predict(messages));
    }

    private static void assertClose(List<Double> actual, JsonNode expected) {
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).isCloseTo(expected.get(i).doubleValue(), within(STOPPING));
        }
    }
}
