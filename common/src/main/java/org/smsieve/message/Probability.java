package org.smsieve.message;

/** How probabilities are written everywhere: six decimals, such as {@code 0.987654}, in any locale. */
public final class Probability {
    private static final int MILLION = 1_000_000;

    private Probability() {}

    /**
     * A probability as text.
     *
     * @param probability in [0, 1]
     * @throws IllegalArgumentException if it is outside, or not a number
     */
    public static String format(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability: " + probability + " (expected: in [0, 1])");
        }
        int millionths = (int) Math.round(probability * MILLION);
        return millionths == MILLION
                ? "1.000000"
                : "0." + Integer.toString(MILLION + millionths).substring(1);
    }
}
