package org.smsieve.classifier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Divides messages into groups of like length, each to be padded to its longest, so that padding and groups together
 * cost least: the exact optimum, by dynamic programming over the messages in order of length.
 */
public final class LengthGroups {
    private LengthGroups() {}

    /**
     * The groups, by index into {@code lengths}, shortest first.
     *
     * @param lengths each message's length in tokens, at least 1
     * @param groupCost what a group costs beyond its tokens, in tokens
     * @param mostTokens a group of more than one message has at most this many, padding included
     */
    public static List<int[]> of(int[] lengths, int groupCost, int mostTokens) {
        int count = lengths.length;
        int[] order = order(lengths);

        // best[n]: the least cost of the n shortest; start[n]: where the last group of that division begins.
        long[] best = new long[count + 1];
        int[] start = new int[count + 1];
        for (int end = 1; end <= count; end++) {
            best[end] = Long.MAX_VALUE;
            long longest = lengths[order[end - 1]];
            for (int begin = end - 1; begin >= 0; begin--) {
                long tokens = longest * (end - begin);
                if (end - begin > 1 && tokens > mostTokens) {
                    break;
                }
                long cost = best[begin] + tokens + groupCost;
                if (cost < best[end]) {
                    best[end] = cost;
                    start[end] = begin;
                }
            }
        }

        List<int[]> groups = new ArrayList<>();
        for (int end = count; end > 0; end = start[end]) {
            groups.add(0, Arrays.copyOfRange(order, start[end], end));
        }
        return groups;
    }

    /**
     * The groups where there are so many messages that their lengths hardly differ within a group: each as large as may
     * be.
     *
     * @param lengths as {@link #of} takes them
     * @param mostTokens likewise
     */
    public static List<int[]> full(int[] lengths, int mostTokens) {
        int[] order = order(lengths);
        List<int[]> groups = new ArrayList<>();
        int begin = 0;
        for (int end = 1; end <= order.length; end++) {
            if (end == order.length || (long) (end + 1 - begin) * lengths[order[end]] > mostTokens) {
                groups.add(Arrays.copyOfRange(order, begin, end));
                begin = end;
            }
        }
        return groups;
    }

    /** Indices of lengths, the shortest first. */
    private static int[] order(int[] lengths) {
        return IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> lengths[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
