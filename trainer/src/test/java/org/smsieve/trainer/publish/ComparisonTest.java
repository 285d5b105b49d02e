package org.smsieve.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smsieve.bundle.Manifest;
import org.smsieve.gpt2.Pooling;

class ComparisonTest {
    private static final List<String> LABELS = List.of("ham", "spam");

    private static Map<String, Object> figures(String rows, Double accuracy, Double matthews) {
        Map<String, Object> figures = new HashMap<>();
        figures.put("rowsSha256", rows);
        figures.put("accuracy", accuracy);
        figures.put("matthews", matthews);
        return figures;
    }

    private static Comparison compare(Map<String, Object> candidate, Map<String, Object> served) {
        Manifest unmeasured = Manifest.of("sms", "2", LABELS, Pooling.LAST_TOKEN, 64);
        Manifest manifest = new Manifest(
                unmeasured.name(),
                unmeasured.version(),
                null,
                LABELS,
                unmeasured.pooling(),
                unmeasured.maxTokens(),
                null,
                null,
                null,
                null,
                0,
                null,
                candidate,
                null,
                null);
        return Comparison.of(manifest, "sms@1", served);
    }

    @Test
    void theMatthewsCorrelationDecides() {
        Map<String, Object> served = Map.of("test", figures("r", 0.98, 0.90));

        assertThat(compare(Map.of("test", figures("r", 0.97, 0.91)), served).isWorse())
                .isFalse();
        assertThat(compare(Map.of("test", figures("r", 0.99, 0.89)), served).isWorse())
                .isTrue();
        assertThat(compare(served, served).isWorse()).isFalse();
    }

    @Test
    void withoutOneAccuracyDoes() {
        Map<String, Object> served = Map.of("test", figures("r", 0.98, null));

        assertThat(compare(Map.of("test", figures("r", 0.97, 0.91)), served).isWorse())
                .isTrue();
        assertThat(compare(Map.of("test", figures("r", 0.98, 0.91)), served).isWorse())
                .isFalse();
    }

    @Test
    void onlyTheSameRowsThatTrainingDidNotSeeCount() {
        Map<String, Object> served = Map.of(
                "test",
                figures("r", 0.98, 0.90),
                "validation",
                figures("v", 0.98, 0.9),
                "book",
                figures("b", 1.0, 1.0));

        Comparison none =
                compare(Map.of("test", figures("other", 0.5, 0.1), "validation", figures("v", 0.5, 0.1)), served);
        assertThat(none.isWorse()).isFalse();
        assertThat(none.text()).isEqualTo("not compared with sms@1: no figures of the same test rows\n");
        Comparison renamed = compare(Map.of("my book", figures("b", 0.9, 0.8)), served);
        assertThat(renamed.isWorse()).isTrue();
        assertThat(renamed.text()).contains("my book", "sms@2", "sms@1");
    }

    @Test
    void metricsOfOtherKindsAreNoFigures() {
        Map<String, Object> odd = new HashMap<>();
        odd.put("test", "text");
        odd.put("more", Map.of("rowsSha256", 7, "accuracy", "high", "labels", List.of()));
        odd.put("none", null);

        assertThat(compare(odd, odd).parts()).isEmpty();
    }
}
