package org.smsieve.classifier;

/** From logits to probabilities. */
public final class Softmax {
    private Softmax() {}

    /**
     * The probabilities of a run of logits, in double precision.
     *
     * @param logits finite numbers
     * @throws ArithmeticException if one is not a number, which only a damaged model gives
     */
    public static double[] of(float[] logits, int from, int to) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            highest = Math.max(highest, logits[i]);
        }
        double[] probabilities = new double[to - from];
        double sum = 0;
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = Math.exp(logits[from + i] - highest);
            sum += probabilities[i];
        }
        if (Double.isNaN(sum)) {
            throw new ArithmeticException("logits: not a number (expected: finite numbers; the model is damaged)");
        }
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }
}
