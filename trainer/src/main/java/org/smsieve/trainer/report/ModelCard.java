package org.smsieve.trainer.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.bundle.GoldenExample;
import org.smsieve.bundle.Manifest;
import org.smsieve.classifier.Softmax;
import org.smsieve.message.Probability;
import org.smsieve.trainer.data.UciCollection;
import org.smsieve.trainer.evaluate.Confusion;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Figure;
import org.smsieve.trainer.evaluate.Prediction;

/**
 * Writes a bundle's {@code README.md}: what the model is, how good it is and how it was made, for a person to read,
 * with the front matter that Hugging Face reads.
 */
public final class ModelCard {
    private final Manifest manifest;
    private final Report report;

    private ModelCard(Manifest manifest, Report report) {
        this.manifest = manifest;
        this.report = report;
    }

    /** The card of the model that both tell of. */
    public static String of(Manifest manifest, Report report, String command) {
        ModelCard card = new ModelCard(manifest, report);
        return "---\n" + Yaml.of(card.frontMatter()) + "---\n# " + Markdown.text(manifest.model()) + "\n\n"
                + card.description() + "\n\n## Figures\n\n" + card.figures() + "\n## Data\n\n" + card.data()
                + "\n## How it was made\n\n" + Markdown.block(command) + "\n"
                + card.settings().markdown()
                + "\n## Examples\n\nTexts written for the purpose, with what the model says of them.\n\n"
                + card.examples().markdown() + "\n## Limits\n\n" + card.limits();
    }

    private Map<String, Object> frontMatter() {
        Map<String, Object> matter = new LinkedHashMap<>();
        if (isSmsSpamCollection()) {
            matter.put("language", "en");
        }
        matter.put("library_name", "transformers");
        matter.put("pipeline_tag", "text-classification");
        matter.put("tags", List.of("sms", "spam-detection", "gpt2"));
        // A directory's name has no slash, a downloaded base is called OWNER/NAME@REVISION.
        if (manifest.base() != null && manifest.base().name().contains("/")) {
            matter.put("base_model", manifest.base().name().replaceFirst("@.*", ""));
        }
        if (isSmsSpamCollection()) {
            matter.put("datasets", List.of("ucirvine/sms_spam"));
        }
        List<Map<String, Object>> metrics = metrics(report.main().model());
        matter.put("metrics", metrics.stream().map(metric -> metric.get("type")).toList());
        Map<String, Object> dataset = new LinkedHashMap<>();
        dataset.put(
                "type",
                isSmsSpamCollection() ? "ucirvine/sms_spam" : manifest.data().name());
        dataset.put("name", manifest.data().name());
        dataset.put("split", report.main().name());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("task", Map.of("type", "text-classification"));
        result.put("dataset", dataset);
        result.put("metrics", metrics);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", manifest.name());
        entry.put("results", List.of(result));
        matter.put("model-index", List.of(entry));
        return matter;
    }

    private static List<Map<String, Object>> metrics(Evaluation evaluation) {
        String positive = evaluation.positiveLabel();
        Confusion confusion = evaluation.confusion();
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("accuracy", confusion.accuracy());
        values.put("precision", confusion.precision(positive));
        values.put("recall", confusion.recall(positive));
        values.put("f1", confusion.f1(positive));
        values.put("matthews_correlation", confusion.matthews());
        values.put("roc_auc", evaluation.area(positive));
        List<Map<String, Object>> metrics = new ArrayList<>();
        values.forEach((type, value) -> {
            if (value != null) {
                Map<String, Object> metric = new LinkedHashMap<>();
                metric.put("type", type);
                metric.put("value", Math.round(value * 1e6) / 1e6);
                metrics.add(metric);
            }
        });
        return metrics;
    }

    private String description() {
        String labels = manifest.labels().stream().map(Markdown::text).collect(Collectors.joining(", "));
        return "A GPT-2 that labels SMS messages " + labels + ". It reads up to " + manifest.maxTokens()
                + " tokens of a message and judges by the "
                + manifest.pooling().toString().replace('-', ' ') + ".";
    }

    private String figures() {
        StringBuilder figures = new StringBuilder(SummaryTable.of(report).markdown()).append('\n');
        figures.append(Markdown.text(String.join(" ", Thresholds.sentences(report))));
        figures.append(" Precision, recall and F1 are of ").append(Markdown.text(report.positiveLabel()));
        figures.append(
                        ", false positives the share of the other messages that were called so, 95 % the interval of the")
                .append(" accuracy (Wilson), MCC Matthews' correlation coefficient.");
        if (report.baselineThreshold() != null) {
            figures.append(" The baseline is a ")
                    .append(report.baselineDescription())
                    .append('.');
        }
        return figures.append(" More figures are in [report.md](report.md).\n").toString();
    }

    private String data() {
        List<String> columns = new ArrayList<>(List.of("part", "messages"));
        columns.addAll(manifest.labels());
        Table table = new Table(1, columns);
        report.parts().forEach(part -> {
            List<String> row = new ArrayList<>(List.of(
                    part.name(),
                    Figure.count(part.counts().values().stream()
                            .mapToInt(Integer::intValue)
                            .sum())));
            manifest.labels()
                    .forEach(label -> row.add(Figure.count(part.counts().getOrDefault(label, 0))));
            table.add(row);
        });
        return Markdown.text(manifest.data().name()) + ", sha256 `"
                + manifest.data().sha256() + "`.\n\n" + table.markdown();
    }

    private Table settings() {
        Table settings = new Table(2, List.of("", ""));
        if (manifest.base() != null) {
            settings.add(List.of("base", manifest.base().name()));
            if (manifest.base().sha256() != null) {
                settings.add(List.of("base's sha256", manifest.base().sha256()));
            }
        }
        settings.add(List.of("seed", Long.toString(manifest.seed())));
        manifest.hyperParameters().forEach((name, value) -> settings.add(List.of(name, ReportPage.setting(value))));
        settings.add(List.of("precision", manifest.precision()));
        return settings;
    }

    private Table examples() {
        Table examples = new Table(2, List.of("text", "label", "probability of " + report.positiveLabel()));
        int positive = manifest.labels().indexOf(report.positiveLabel());
        for (GoldenExample example : manifest.goldenExamples()) {
            Prediction prediction = new Prediction(positive, probabilities(example));
            DecisionThreshold threshold = manifest.decisionThreshold();
            examples.add(List.of(
                    example.text().isEmpty() ? "(empty)" : example.text(),
                    manifest.labels().get(prediction.decided(threshold, manifest.labels())),
                    Probability.format(prediction.probabilities().get(positive))));
        }
        return examples;
    }

    private String limits() {
        String limits =
                "The figures hold for messages like those it was trained on. Others, of another country, language"
                        + " or time, it may well judge wrongly: evaluate it on messages of your own first.";
        return isSmsSpamCollection()
                ? limits + " The SMS Spam Collection is English, from the United Kingdom and Singapore of the 2000s.\n"
                : limits + "\n";
    }

    private boolean isSmsSpamCollection() {
        return manifest.data().sha256().equals(UciCollection.SHA256);
    }

    private static List<Double> probabilities(GoldenExample example) {
        float[] logits = new float[example.logits().size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = example.logits().get(i).floatValue();
        }
        return Arrays.stream(Softmax.of(logits, 0, logits.length)).boxed().toList();
    }
}
