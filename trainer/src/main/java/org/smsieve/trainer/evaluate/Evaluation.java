package org.smsieve.trainer.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.smsieve.bundle.DecisionThreshold;

/**
 * A classifier's figures on labelled messages. A figure is null where it is undefined, such as the recall of a label
 * that no message has.
 *
 * @param predictions what the figures are made from
 * @param threshold when the threshold's label is given; null for the likeliest label
 * @param confusion the labels given at that threshold
 */
public record Evaluation(Predictions predictions, DecisionThreshold threshold, Confusion confusion) {
    /** The thresholds that {@link #atThresholds} tells of. */
    private static final List<Double> THRESHOLDS = List.of(0.5, 0.9, 0.99, 0.999);

    private static final double LEAST_PROBABILITY = 1e-12;

    /**
     * The figures of predictions.
     *
     * @param threshold null for the likeliest label
     */
    public static Evaluation of(Predictions predictions, DecisionThreshold threshold) {
        return new Evaluation(predictions, threshold, Confusion.of(predictions, threshold));
    }

    /** The labels, in the classifier's order. */
    public List<String> labels() {
        return predictions.labels();
    }

    /** The label that is looked for. */
    public String positiveLabel() {
        return predictions.positiveLabel();
    }

    /** How many messages there were. */
    public int messages() {
        return predictions.size();
    }

    /** Share of messages whose likeliest label is their own, whatever the threshold. */
    public Double likeliestAccuracy() {
        return threshold == null
                ? confusion.accuracy()
                : Confusion.of(predictions, null).accuracy();
    }

    /** Mean cross entropy in nats, the probabilities taken as at least 1e-12. */
    public Double loss() {
        return mean(
                row -> -Math.log(Math.max(LEAST_PROBABILITY, row.probabilities().get(row.label()))));
    }

    /**
     * The Brier score (1950): mean over messages of the squared error of the probabilities of all labels, in [0, 2].
     */
    public Double brier() {
        return mean(row -> {
            double sum = 0;
            for (int i = 0; i < row.probabilities().size(); i++) {
                double error = row.probabilities().get(i) - (i == row.label() ? 1 : 0);
                sum += error * error;
            }
            return sum;
        });
    }

    /** The area under the ROC curve of a label against the others. */
    public Double area(String label) {
        return RocCurve.of(predictions, label).area();
    }

    /** The mean of all labels' areas; null where one of them is. */
    public Double macroArea() {
        double sum = 0;
        for (String label : labels()) {
            Double area = area(label);
            if (area == null) {
                return null;
            }
            sum += area;
        }
        return sum / labels().size();
    }

    /** The expected calibration error. */
    public Double calibrationError() {
        return Calibration.of(predictions).error();
    }

    /** What some thresholds on the probability of the positive label would give, the lowest first. */
    public Map<Double, Confusion> atThresholds() {
        Map<Double, Confusion> confusions = new LinkedHashMap<>();
        THRESHOLDS.forEach(probability -> confusions.put(
                probability, Confusion.of(predictions, new DecisionThreshold(positiveLabel(), probability))));
        return confusions;
    }

    /** The figures by name, as manifests, reports and {@code --json} give them. */
    public Map<String, Object> describe() {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("messages", messages());
        described.put("accuracy", rounded(confusion.accuracy()));
        Interval interval = confusion.accuracyInterval();
        described.put(
                "accuracyInterval95",
                interval == null ? null : List.of(rounded(interval.low()), rounded(interval.high())));
        described.put("likeliestLabelAccuracy", rounded(likeliestAccuracy()));
        described.put("loss", rounded(loss()));
        described.put("brier", rounded(brier()));
        described.put("matthews", rounded(confusion.matthews()));
        described.put("calibrationError", rounded(calibrationError()));
        described.put("calibrationBins", Calibration.BINS);
        described.put("positiveLabel", positiveLabel());
        described.put("falsePositiveRate", rounded(confusion.falsePositiveRate(positiveLabel())));
        described.put("rocArea", rounded(area(positiveLabel())));
        if (labels().size() > 2) {
            described.put("rocAreaMacro", rounded(macroArea()));
        }
        described.put("decisionThreshold", threshold);
        Map<String, Object> classes = new LinkedHashMap<>();
        for (String label : labels()) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("messages", confusion.having(label));
            figures.put("precision", rounded(confusion.precision(label)));
            figures.put("recall", rounded(confusion.recall(label)));
            figures.put("f1", rounded(confusion.f1(label)));
            figures.put("rocArea", rounded(area(label)));
            classes.put(label, figures);
        }
        described.put("labels", classes);
        described.put("confusion", confusion.counts());
        described.put("thresholds", describeThresholds());
        return described;
    }

    private List<Map<String, Object>> describeThresholds() {
        return atThresholds().entrySet().stream()
                .map(at -> {
                    Map<String, Object> figures = new LinkedHashMap<>();
                    figures.put("probability", at.getKey());
                    figures.put("falsePositiveRate", rounded(at.getValue().falsePositiveRate(positiveLabel())));
                    figures.put("recall", rounded(at.getValue().recall(positiveLabel())));
                    figures.put("precision", rounded(at.getValue().precision(positiveLabel())));
                    return figures;
                })
                .toList();
    }

    private Double mean(ToDoubleFunction<Prediction> figure) {
        OptionalDouble mean = predictions.rows().stream().mapToDouble(figure).average();
        return mean.isPresent() ? (Double) mean.getAsDouble() : null;
    }

    private static Double rounded(Double value) {
        return value == null ? null : (Double) (Math.round(value * 1e6) / 1e6);
    }
}
