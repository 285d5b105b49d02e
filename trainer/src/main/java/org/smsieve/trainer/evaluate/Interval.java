package org.smsieve.trainer.evaluate;

/**
 * Where a share probably lies.
 *
 * @param low in [0, 1]
 * @param high in [0, 1], at least {@code low}
 */
public record Interval(double low, double high) {
    /** The 97.5 % quantile of the normal distribution. */
    private static final double Z = 1.959963984540054;

    /**
     * The 95 % interval of a share by its score test (Wilson 1927).
     *
     * @param trials at least 1
     */
    public static Interval wilson(int successes, int trials) {
        double share = (double) successes / trials;
        double shrink = 1 + Z * Z / trials;
        double middle = (share + Z * Z / (2.0 * trials)) / shrink;
        double half = Z * Math.sqrt(share * (1 - share) / trials + Z * Z / (4.0 * trials * trials)) / shrink;
        // Rounding must not move the ends past 0 and 1, which they reach exactly.
        return new Interval(successes == 0 ? 0 : middle - half, successes == trials ? 1 : middle + half);
    }
}
