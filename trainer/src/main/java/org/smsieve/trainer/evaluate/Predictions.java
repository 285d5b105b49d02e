package org.smsieve.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.Example;

/**
 * What a classifier said of labelled messages: all that figures are made from.
 *
 * @param labels the labels, in the classifier's order, at least two
 * @param rows one for each message, in the messages' order; may be empty
 */
public record Predictions(List<String> labels, List<Prediction> rows) {
    private static final int BATCH_SIZE = 256;
    private static final String SPAM = "spam";

    public Predictions {
        labels = List.copyOf(labels);
        rows = List.copyOf(rows);
    }

    /**
     * Classifies all messages.
     *
     * @param messages have labels of the classifier's alone
     * @param progress is told how many messages have been done
     */
    public static Predictions of(
            BatchClassifier classifier, Tokenizer tokenizer, Dataset messages, IntConsumer progress) {
        List<String> labels = classifier.labels();
        List<Prediction> rows = new ArrayList<>();
        List<Example> examples = messages.examples();
        for (int begin = 0; begin < examples.size(); begin += BATCH_SIZE) {
            List<Example> batch = examples.subList(begin, Math.min(begin + BATCH_SIZE, examples.size()));
            List<Tokens> tokens = batch.stream()
                    .map(example -> tokenizer.encode(example.text()))
                    .toList();
            List<Verdict> verdicts = classifier.classify(tokens);
            for (int i = 0; i < batch.size(); i++) {
                List<Double> probabilities =
                        labels.stream().map(verdicts.get(i).scores()::get).toList();
                rows.add(new Prediction(labels.indexOf(batch.get(i).label()), probabilities));
            }
            progress.accept(begin + batch.size());
        }
        return new Predictions(labels, rows);
    }

    /** How many messages there are. */
    public int size() {
        return rows.size();
    }

    /** The label that is looked for: spam if there is such a label, else the last. */
    public String positiveLabel() {
        return positiveOf(labels);
    }

    /** The one of these labels that is looked for: spam if there is such a label, else the last. */
    public static String positiveOf(List<String> labels) {
        return labels.contains(SPAM) ? SPAM : labels.get(labels.size() - 1);
    }

    /** The probabilities of a label, of the messages that have it or of those that have not; ascending. */
    double[] scores(String label, boolean having) {
        int index = labels.indexOf(label);
        return rows.stream()
                .filter(row -> (row.label() == index) == having)
                .mapToDouble(row -> row.probabilities().get(index))
                .sorted()
                .toArray();
    }
}
