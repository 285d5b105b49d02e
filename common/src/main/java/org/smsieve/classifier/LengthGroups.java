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

    /**
     * Divides groups among several calls, in their order and a group among two where need be, so that the calls have
     * about as many tokens, padding included: none more than its share and a message.
     *
     * @param groups what {@link #of} gives for the same lengths
     * @param calls at least 1; with fewer messages there are fewer
     */
    static List<List<int[]>> divide(List<int[]> groups, int[] lengths, int calls) {
        long total = tokens(groups, lengths);
        List<List<int[]>> divided = new ArrayList<>();
        long before = 0;
        int last = -1;
        for (int[] group : groups) {
            long longest = tokens(group, lengths) / group.length;
            int begin = 0;
            while (begin < group.length) {
                // A message belongs where its middle is.
                int call = call(before, longest, total, calls);
                int end = begin;
                while (end < group.length && call(before, longest, total, calls) == call) {
                    before += longest;
                    end++;
                }
                if (call != last) {
                    divided.add(new ArrayList<>());
                    last = call;
                }
                divided.get(divided.size() - 1).add(Arrays.copyOfRange(group, begin, end));
                begin = end;
            }
        }
        return divided;
    }

    private static int call(long before, long tokens, long total, int calls) {
        return (int) ((2 * before + tokens) * calls / (2 * total));
    }

    /** How many tokens groups have, padding included. */
    static long tokens(List<int[]> groups, int[] lengths) {
        return groups.stream().mapToLong(group -> tokens(group, lengths)).sum();
    }

    /** How many tokens a group has, padding included. */
    static long tokens(int[] group, int[] lengths) {
        return (long) group.length * lengths[group[group.length - 1]];
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
