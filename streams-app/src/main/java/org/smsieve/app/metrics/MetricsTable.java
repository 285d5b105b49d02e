package org.smsieve.app.metrics;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.smsieve.classifier.ClassifierInfo;

/** The catalogue of the app's own metrics as a table in Markdown: what a scrape shows, by its names there. */
public final class MetricsTable {
    private MetricsTable() {}

    /** A row for each metric; the histograms' maxima have none. */
    public static String markdown() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AppMetrics metrics = new AppMetrics(registry, List.of("ham", "spam"));
        metrics.models().serves(new ClassifierInfo("sms@1", "bf16", "cpu", Optional.of(Instant.EPOCH)));
        return registry.getPrometheusRegistry().scrape().stream()
                .filter(metric -> metric.getMetadata().getName().startsWith("smsieve_"))
                .filter(metric -> !metric.getMetadata().getName().endsWith("_max"))
                .map(MetricsTable::row)
                .sorted()
                .collect(Collectors.joining(
                        "", "| metric | type | labels | what it tells |\n| --- | --- | --- | --- |\n", ""));
    }

    private static String row(MetricSnapshot metric) {
        String type = metric instanceof HistogramSnapshot
                ? "histogram"
                : metric instanceof CounterSnapshot ? "counter" : "gauge";
        String name = metric.getMetadata().getPrometheusName() + (type.equals("counter") ? "_total" : "");
        Map<String, TreeSet<String>> labels = new TreeMap<>();
        for (DataPointSnapshot point : metric.getDataPoints()) {
            for (Label label : point.getLabels()) {
                labels.computeIfAbsent(label.getName(), key -> new TreeSet<>()).add(label.getValue());
            }
        }
        String described = labels.entrySet().stream()
                .map(label -> "`" + label.getKey() + "`"
                        + (label.getValue().size() == 1 ? "" : ": " + String.join(", ", label.getValue())))
                .collect(Collectors.joining("; "));
        return "| `%s` | %s | %s | %s |%n"
                .formatted(name, type, described, metric.getMetadata().getHelp());
    }
}
