package org.smsieve.trainer.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.Example;

/**
 * A classifier's figures on labelled messages, at the decision threshold that it has.
 *
 * @param labels the labels, in the model's order
 * @param confusion {@code confusion.get(i).get(j)}: messages of label i that were given label j
 * @param loss mean cross entropy in nats, the probabilities taken as at least 1e-12
 */
public record Evaluation(List<String> labels, List<List<Integer>> confusion, double loss) {
    private static final int BATCH_SIZE = 256;
    private static final double LEAST_PROBABILITY = 1e-12;

    /**
     * Classifies all messages.
     *
     * @param progress is told how many messages have been done
     */
    public static Evaluation of(
            BatchClassifier classifier, Tokenizer tokenizer, Dataset messages, IntConsumer progress) {
        List<String> labels = classifier.labels();
        int[][] confusion = new int[labels.size()][labels.size()];
        double loss = 0;
        List<Example> examples = messages.examples();
        for (int begin = 0; begin < examples.size(); begin += BATCH_SIZE) {
            List<Example> batch = examples.subList(begin, Math.min(begin + BATCH_SIZE, examples.size()));
            List<Tokens> tokens = batch.stream()
                    .map(example -> tokenizer.encode(example.text()))
                    .toList();
            List<Verdict> verdicts = classifier.classify(tokens);
            for (int i = 0; i < batch.size(); i++) {
                String label = batch.get(i).label();
                confusion[labels.indexOf(label)][labels.indexOf(verdicts.get(i).label())]++;
                loss -= Math.log(
                        Math.max(LEAST_PROBABILITY, verdicts.get(i).scores().get(label)));
            }
            progress.accept(begin + batch.size());
        }
        List<List<Integer>> counts = new ArrayList<>();
        for (int[] row : confusion) {
            counts.add(Arrays.stream(row).boxed().toList());
        }
        return new Evaluation(labels, List.copyOf(counts), examples.isEmpty() ? 0 : loss / examples.size());
    }

    /** How many messages there were. */
    public int messages() {
        return confusion.stream()
                .flatMap(List::stream)
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** How many messages got their own label. */
    public int right() {
        int right = 0;
        for (int i = 0; i < labels.size(); i++) {
            right += confusion.get(i).get(i);
        }
        return right;
    }

    /** Share of messages that got their own label, in [0, 1]; 0 where there were none. */
    public double accuracy() {
        return ratio(right(), messages());
    }

    /** Of those that were given the label, the share that have it; 0 where there were none. */
    public double precision(String label) {
        int index = labels.indexOf(label);
        return ratio(
                confusion.get(index).get(index),
                confusion.stream().mapToInt(row -> row.get(index)).sum());
    }

    /** Of those that have the label, the share that were given it; 0 where there were none. */
    public double recall(String label) {
        int index = labels.indexOf(label);
        return ratio(
                confusion.get(index).get(index),
                confusion.get(index).stream().mapToInt(Integer::intValue).sum());
    }

    /** The harmonic mean of precision and recall; 0 where both are. */
    public double f1(String label) {
        double sum = precision(label) + recall(label);
        return sum == 0 ? 0 : 2 * precision(label) * recall(label) / sum;
    }

    /** The figures by name, as manifests and {@code --json} give them. */
    public Map<String, Object> describe() {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("messages", messages());
        described.put("accuracy", rounded(accuracy()));
        described.put("loss", rounded(loss));
        Map<String, Object> classes = new LinkedHashMap<>();
        for (String label : labels) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("precision", rounded(precision(label)));
            figures.put("recall", rounded(recall(label)));
            figures.put("f1", rounded(f1(label)));
            classes.put(label, figures);
        }
        described.put("labels", classes);
        described.put("confusion", confusion);
        return described;
    }

    /** The figures as lines for a person. */
    public String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT, "%,d messages, accuracy %.2f %%, loss %.4f%n", messages(), 100 * accuracy(), loss));
        int width = Math.max(8, labels.stream().mapToInt(String::length).max().orElse(0) + 2);
        table.append(String.format(
                Locale.ROOT, "  %-" + width + "s%10s%10s%10s   given:", "label", "precision", "recall", "F1"));
        labels.forEach(label -> table.append(String.format(Locale.ROOT, "%" + width + "s", label)));
        table.append(System.lineSeparator());
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i);
            table.append(String.format(
                    Locale.ROOT,
                    "  %-" + width + "s%10.4f%10.4f%10.4f         ",
                    label,
                    precision(label),
                    recall(label),
                    f1(label)));
            for (int count : confusion.get(i)) {
                table.append(String.format(Locale.ROOT, "%," + width + "d", count));
            }
            table.append(System.lineSeparator());
        }
        return table.toString();
    }

    private static double ratio(int part, int whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static double rounded(double value) {
        return Math.round(value * 1e6) / 1e6;
    }
}
