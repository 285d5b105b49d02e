package org.smsieve.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * How long messages are, in tokens: as the 5,574 of the SMS Spam Collection (Almeida, Gómez Hidalgo, Yamakami, DocEng
 * 2011), of 22.8 tokens on average.
 */
final class MessageLengths {
    /** The percentiles 0 to 99 of the collection. */
    private static final int[] PERCENTILES = {
        1, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 11, 11, 12, 12,
        12, 12, 13, 13, 13, 13, 14, 14, 14, 15, 15, 15, 15, 16, 16, 17, 17, 17, 18, 18, 19, 19, 19, 20, 20, 21, 21, 22,
        23, 23, 24, 25, 25, 26, 27, 28, 29, 29, 30, 31, 32, 33, 34, 35, 36, 36, 37, 38, 39, 39, 40, 41, 42, 43, 44, 45,
        46, 47, 48, 49, 50, 52, 54, 56, 60, 75
    };

    /** The last per cent, in which lengths grow most, in tenths: the percentiles 99.0 to 100. */
    private static final int[] LONGEST = {75, 79, 81, 87, 90, 93, 102, 116, 132, 139, 257};

    private MessageLengths() {}

    /**
     * Lengths spread evenly over the collection's distribution, in random order.
     *
     * @param count how many, at least 1
     * @return each at least 1
     */
    static List<Integer> of(int count, Random random) {
        List<Integer> lengths = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lengths.add(quantile((i + 0.5) / count));
        }
        Collections.shuffle(lengths, random);
        return lengths;
    }

    /** The length that a share of the messages, in [0, 1), does not exceed. */
    private static int quantile(double share) {
        double percent = 100 * share;
        return percent < 99 ? between(PERCENTILES, percent) : between(LONGEST, 10 * (percent - 99));
    }

    private static int between(int[] values, double position) {
        int below = (int) position;
        double above = position - below;
        return (int) Math.round(values[below] * (1 - above) + values[below + 1] * above);
    }
}
