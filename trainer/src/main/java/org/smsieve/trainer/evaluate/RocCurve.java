package org.smsieve.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * What every threshold on a label's probability would give (receiver operating characteristic).
 *
 * @param points from the strictest threshold to the most lenient; the first gives the label to no message, the last to
 *     all. Empty where there are no messages of the label, or of no other.
 */
public record RocCurve(List<Point> points) {
    public RocCurve {
        points = List.copyOf(points);
    }

    /**
     * One threshold's figures.
     *
     * @param falsePositiveRate of the messages of other labels, the share that get the label
     * @param recall of the messages of the label, the share that get it
     */
    public record Point(double falsePositiveRate, double recall) {}

    /** One label against the others. */
    public static RocCurve of(Predictions predictions, String label) {
        double[] positives = predictions.scores(label, true);
        double[] negatives = predictions.scores(label, false);
        List<Point> points = new ArrayList<>();
        if (positives.length > 0 && negatives.length > 0) {
            int positive = positives.length;
            int negative = negatives.length;
            points.add(new Point(0, 0));
            while (positive > 0 || negative > 0) {
                double threshold = Math.max(
                        positive > 0 ? positives[positive - 1] : Double.NEGATIVE_INFINITY,
                        negative > 0 ? negatives[negative - 1] : Double.NEGATIVE_INFINITY);
                positive = countBelow(threshold, positives, positive);
                negative = countBelow(threshold, negatives, negative);
                points.add(
                        new Point(1 - (double) negative / negatives.length, 1 - (double) positive / positives.length));
            }
        }
        return new RocCurve(points);
    }

    /**
     * The area under the curve: how probably a message of the label has a higher score than another message has, ties
     * counting half. Null where the curve is empty.
     */
    public Double area() {
        if (points.isEmpty()) {
            return null;
        }
        double area = 0;
        for (int i = 1; i < points.size(); i++) {
            Point left = points.get(i - 1);
            Point right = points.get(i);
            area += (right.falsePositiveRate() - left.falsePositiveRate()) * (left.recall() + right.recall()) / 2;
        }
        return area;
    }

    private static int countBelow(double threshold, double[] ascending, int from) {
        int count = from;
        while (count > 0 && ascending[count - 1] >= threshold) {
            count--;
        }
        return count;
    }
}
