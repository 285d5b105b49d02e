package org.smsieve.trainer.report;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.smsieve.message.OneLine;
import org.smsieve.trainer.baseline.Baseline;
import org.smsieve.trainer.evaluate.ThresholdChoice;
import org.smsieve.trainer.finetune.History;

/**
 * All that is told of a model: figures of the model and the baseline on parts of the data, and how they came about.
 *
 * @param model the model, {@code name@version}
 * @param threshold the model's decision threshold
 * @param baselineThreshold the baseline's; null where there is no baseline
 * @param parts the parts of the data, at least one; where there is a baseline, the training part first
 * @param history how training went; null where that is unknown
 * @param about more facts by their names, such as the command
 */
public record Report(
        String model,
        ThresholdChoice threshold,
        ThresholdChoice baselineThreshold,
        List<EvaluatedPart> parts,
        History history,
        Map<String, Object> about) {

    private static final String JSON_FILE = "report.json";
    private static final String PAGE_FILE = "report.md";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    public Report {
        parts = List.copyOf(parts);
        about = Collections.unmodifiableMap(new LinkedHashMap<>(about));
    }

    /** Writes {@code report.json}, {@code report.md} and the plots. */
    public void write(Path directory) throws IOException {
        List<String> plots = Plots.write(this, directory);
        Files.writeString(directory.resolve(JSON_FILE), JSON.writeValueAsString(describe()), StandardCharsets.UTF_8);
        Files.writeString(directory.resolve(PAGE_FILE), ReportPage.of(this, plots), StandardCharsets.UTF_8);
    }

    /** The main figures of all parts, aligned, and the thresholds they are at, for a terminal. */
    public String summary() {
        return SummaryTable.of(this).text()
                + Thresholds.sentences(this).stream()
                        .map(sentence -> OneLine.of(sentence) + "\n")
                        .collect(Collectors.joining());
    }

    /** All figures of the main part, aligned, for a terminal. */
    public String details() {
        return summary() + "\n" + ReportPage.figures(this, main()).text() + "\n"
                + ReportPage.labels(main()).text() + "\n"
                + Thresholds.table(main()).text();
    }

    /** The part that says most of messages to come: the test part, else the last. */
    EvaluatedPart main() {
        return parts.stream()
                .filter(part -> part.name().equals("test"))
                .findFirst()
                .orElse(parts.get(parts.size() - 1));
    }

    List<String> labels() {
        return main().model().labels();
    }

    String positiveLabel() {
        return main().model().positiveLabel();
    }

    /** The baseline learned from the first part. */
    String baselineDescription() {
        return Baseline.description(parts.get(0).model().messages());
    }

    private Map<String, Object> describe() {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("model", model);
        described.put("labels", labels());
        described.put("positiveLabel", positiveLabel());
        described.put("decisionThreshold", threshold);
        if (baselineThreshold != null) {
            Map<String, Object> baseline = new LinkedHashMap<>();
            baseline.put("description", baselineDescription());
            baseline.put("decisionThreshold", baselineThreshold);
            described.put("baseline", baseline);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        parts.forEach(part -> figures.put(part.name(), part.describe()));
        described.put("parts", figures);
        described.put("history", history);
        described.putAll(about);
        return described;
    }
}
