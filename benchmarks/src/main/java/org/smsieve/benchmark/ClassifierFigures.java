package org.smsieve.benchmark;

import java.util.Map;

/**
 * How fast a classifier is in one precision.
 *
 * @param precision such as {@code fp32}
 * @param peakGflops the rate of a bare product of large matrices, in 10^9 operations a second; for int8, which libtorch
 *     has no bare product of, in fp32
 * @param batches messages a second of real lengths, by how many are classified at once
 * @param lengths messages a second, 64 at once, by their length in tokens
 * @param gflops the classifier's rate at 64 messages of real lengths, measured with the product's by turns
 * @param lone how long a message takes that comes alone
 */
record ClassifierFigures(
        String precision,
        double peakGflops,
        Map<Integer, Double> batches,
        Map<Integer, Double> lengths,
        double gflops,
        LoneMessage lone) {

    /** The share of the bare product's rate that the classifier reaches. */
    double shareOfPeak() {
        return gflops / peakGflops;
    }
}
