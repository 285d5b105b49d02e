package org.smsieve.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether the probability of the likeliest label is the share of messages that have it.
 *
 * @param bins of equal widths over [0, 1], each without its lower end
 */
public record Calibration(List<Bin> bins) {
    /** Number of bins: each is 0.05 wide. */
    public static final int BINS = 20;

    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * The messages whose likeliest label has a probability in some range.
     *
     * @param count how many they are
     * @param confidence the mean probability of the likeliest label; null where there are no messages
     * @param accuracy the share that have that label; null where there are no messages
     */
    public record Bin(int count, Double confidence, Double accuracy) {}

    /** Sorts messages into bins. */
    public static Calibration of(Predictions predictions) {
        int[] counts = new int[BINS];
        int[] right = new int[BINS];
        double[] confidence = new double[BINS];
        for (Prediction row : predictions.rows()) {
            int likeliest = row.likeliest();
            double probability = row.probabilities().get(likeliest);
            int bin = Math.max(0, (int) Math.ceil(Math.min(1, probability) * BINS) - 1);
            counts[bin]++;
            confidence[bin] += probability;
            right[bin] += likeliest == row.label() ? 1 : 0;
        }
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            bins.add(
                    counts[i] == 0
                            ? new Bin(0, null, null)
                            : new Bin(counts[i], confidence[i] / counts[i], (double) right[i] / counts[i]));
        }
        return new Calibration(bins);
    }

    /**
     * The expected calibration error (Naeini, Cooper and Hauskrecht 2015): the mean distance of confidence and accuracy
     * in the bins, weighted by their messages. Null where there are none.
     */
    public Double error() {
        double error = 0;
        int messages = 0;
        for (Bin bin : bins) {
            if (bin.count() > 0) {
                error += bin.count() * Math.abs(bin.confidence() - bin.accuracy());
                messages += bin.count();
            }
        }
        return messages == 0 ? null : (Double) (error / messages);
    }
}
