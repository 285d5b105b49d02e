package org.smsieve.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthGroupsTest {
    @Test
    void keepsLikeLengthsTogether() {
        assertThat(LengthGroups.of(new int[] {20, 21, 22, 20}, 48, 1000)).hasSize(1);
    }

    @Test
    void partsLongFromShort() {
        List<int[]> groups = LengthGroups.of(new int[] {200, 10, 10, 200, 10, 10, 10}, 48, 10_000);

        assertThat(groups).hasSize(2);
        assertThat(groups.get(0)).containsExactlyInAnyOrder(1, 2, 4, 5, 6);
        assertThat(groups.get(1)).containsExactlyInAnyOrder(0, 3);
    }

    @Test
    void hasEveryMessageOnceAndKeepsTheBound() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            int[] lengths = random.ints(random.nextInt(80), 1, 300).toArray();

            List<int[]> groups = LengthGroups.of(lengths, 48, 1000);

            assertThat(groups.stream().flatMapToInt(IntStream::of).sorted())
                    .containsExactly(IntStream.range(0, lengths.length).boxed().toArray(Integer[]::new));
            for (int[] group : groups) {
                int longest = IntStream.of(group).map(i -> lengths[i]).max().orElseThrow();
                assertThat(longest).isEqualTo(lengths[group[group.length - 1]]);
                assertThat(group.length == 1 || longest * group.length <= 1000).isTrue();
            }
        }
    }

    @Test
    void costsNoMoreThanOneGroupOrOneEach() {
        Random random = new Random(2);
        for (int round = 0; round < 100; round++) {
            int[] lengths = random.ints(40, 1, 200).toArray();
            long cost = LengthGroups.of(lengths, 48, Integer.MAX_VALUE).stream()
                    .mapToLong(group -> 48 + (long) group.length * lengths[group[group.length - 1]])
                    .sum();

            assertThat(cost).isLessThanOrEqualTo(IntStream.of(lengths).sum() + 48L * lengths.length);
            assertThat(cost)
                    .isLessThanOrEqualTo(48
                            + (long) lengths.length
                                    * IntStream.of(lengths).max().orElseThrow());
        }
    }

    @Test
    void dividesGroupsAmongCallsOfNoMoreThanTheirShareAndAMessage() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            int[] lengths = random.ints(1 + random.nextInt(80), 1, 100).toArray();
            List<int[]> groups = LengthGroups.of(lengths, 8, 1000);
            int calls = 1 + random.nextInt(4);

            List<List<int[]>> divided = LengthGroups.divide(groups, lengths, calls);

            assertThat(divided).hasSizeBetween(1, calls);
            assertThat(divided.stream().flatMap(List::stream).flatMapToInt(IntStream::of))
                    .containsExactly(
                            groups.stream().flatMapToInt(IntStream::of).boxed().toArray(Integer[]::new));
            long total = groups.stream()
                    .mapToLong(group -> LengthGroups.tokens(group, lengths))
                    .sum();
            int longest = IntStream.of(lengths).max().orElseThrow();
            for (List<int[]> call : divided) {
                assertThat(call).noneMatch(group -> group.length == 0);
                assertThat(call.stream()
                                .mapToLong(group -> LengthGroups.tokens(group, lengths))
                                .sum())
                        .isLessThanOrEqualTo(total / calls + longest + 1);
            }
        }
    }

    @Test
    void fillsGroupsUpToTheMost() {
        int[] lengths = {9, 1, 3, 2, 40, 3, 2};

        List<int[]> groups = LengthGroups.full(lengths, 12);

        assertThat(groups).containsExactly(new int[] {1, 3, 6, 2}, new int[] {5}, new int[] {0}, new int[] {4});
        assertThat(LengthGroups.full(new int[0], 12)).isEmpty();
    }
}
