package org.smsieve.trainer.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.smsieve.trainer.evaluate.Evaluation;

/**
 * Some of the data, and how well it is classified.
 *
 * @param name such as {@code test}
 * @param counts how many messages of each label there are
 * @param model the model's figures
 * @param baseline the baseline's figures; null where there is no baseline
 */
public record EvaluatedPart(String name, Map<String, Integer> counts, Evaluation model, Evaluation baseline) {
    public EvaluatedPart {
        counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
    }

    /** The figures by name. */
    Map<String, Object> describe() {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("counts", counts);
        described.put("model", model.describe());
        if (baseline != null) {
            described.put("baseline", baseline.describe());
        }
        return described;
    }
}
