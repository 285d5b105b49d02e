package org.smsieve.trainer.evaluate;

import java.util.Arrays;
import java.util.List;
import org.smsieve.bundle.DecisionThreshold;

/**
 * How often messages of each label were given each label, and the figures that follow from it. A figure is null where
 * there is nothing to divide by.
 *
 * @param labels the labels, in the classifier's order
 * @param counts {@code counts.get(i).get(j)}: messages of label i that were given label j
 */
public record Confusion(List<String> labels, List<List<Integer>> counts) {
    public Confusion {
        labels = List.copyOf(labels);
        counts = counts.stream().map(List::copyOf).toList();
    }

    /**
     * Counts.
     *
     * @param threshold null for the likeliest label
     */
    static Confusion of(Predictions predictions, DecisionThreshold threshold) {
        List<String> labels = predictions.labels();
        int[][] counts = new int[labels.size()][labels.size()];
        predictions.rows().forEach(row -> counts[row.label()][row.decided(threshold, labels)]++);
        return new Confusion(
                labels,
                Arrays.stream(counts)
                        .map(row -> Arrays.stream(row).boxed().toList())
                        .toList());
    }

    /** How many messages there were. */
    public int messages() {
        return counts.stream().flatMap(List::stream).mapToInt(Integer::intValue).sum();
    }

    /** How many messages got their own label. */
    public int right() {
        int right = 0;
        for (int i = 0; i < labels.size(); i++) {
            right += counts.get(i).get(i);
        }
        return right;
    }

    /** Share of messages that got their own label, in [0, 1]. */
    public Double accuracy() {
        return ratio(right(), messages());
    }

    /** Where the accuracy on other messages of the same kind lies with 95 % confidence. */
    public Interval accuracyInterval() {
        return messages() == 0 ? null : Interval.wilson(right(), messages());
    }

    /** Of those that were given the label, the share that have it. */
    public Double precision(String label) {
        return ratio(hits(label), given(label));
    }

    /** Of those that have the label, the share that were given it. */
    public Double recall(String label) {
        return ratio(hits(label), having(label));
    }

    /** The harmonic mean of precision and recall; 0 where there was no hit. */
    public Double f1(String label) {
        return ratio(2 * hits(label), given(label) + having(label));
    }

    /** Of those that have another label, the share that were given this one. */
    public Double falsePositiveRate(String label) {
        return ratio(given(label) - hits(label), messages() - having(label));
    }

    /**
     * Matthews' correlation coefficient in [-1, 1], for more than two labels Gorodkin's R_K (2004): 0 is what guessing
     * gets, whatever the labels' shares.
     */
    public Double matthews() {
        double messages = messages();
        double agreement = right() * messages;
        double havingSquared = messages * messages;
        double givenSquared = messages * messages;
        for (String label : labels) {
            agreement -= (double) having(label) * given(label);
            havingSquared -= (double) having(label) * having(label);
            givenSquared -= (double) given(label) * given(label);
        }
        return havingSquared == 0 || givenSquared == 0
                ? null
                : (Double) (agreement / Math.sqrt(havingSquared * givenSquared));
    }

    /** How many messages have the label. */
    public int having(String label) {
        return counts.get(labels.indexOf(label)).stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** How many messages were given the label. */
    public int given(String label) {
        int index = labels.indexOf(label);
        return counts.stream().mapToInt(row -> row.get(index)).sum();
    }

    /** How many messages that have the label were given it. */
    public int hits(String label) {
        int index = labels.indexOf(label);
        return counts.get(index).get(index);
    }

    private static Double ratio(int part, int whole) {
        return whole == 0 ? null : (Double) ((double) part / whole);
    }
}
