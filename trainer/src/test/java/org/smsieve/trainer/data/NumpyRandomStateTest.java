package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class NumpyRandomStateTest {
    @TestFactory
    List<DynamicTest> permutesAsNumpy() {
        return StreamSupport.stream(Fixtures.json("numpy-permutation.json").spliterator(), false)
                .map(expected -> DynamicTest.dynamicTest(
                        "seed " + expected.get("seed") + ", n " + expected.get("n"), () -> permutesAs(expected)))
                .toList();
    }

    private static void permutesAs(JsonNode expected) {
        int[] first = ints(expected.get("first"));
        int[] last = ints(expected.get("last"));

        int[] permutation = new NumpyRandomState(expected.get("seed").asLong())
                .permutation(expected.get("n").asInt());

        assertThat(permutation).startsWith(first).endsWith(last);
        assertThat(Arrays.stream(permutation).distinct().count())
                .isEqualTo(expected.get("n").asLong());
    }

    @Test
    void goesOnFromOnePermutationToTheNext() {
        NumpyRandomState random = new NumpyRandomState(1);

        assertThat(random.permutation(100)).isNotEqualTo(random.permutation(100));
    }

    @Test
    void permutesNothing() {
        assertThat(new NumpyRandomState(1).permutation(0)).isEmpty();
    }

    @Test
    void refusesSeedsThatNumpyRefuses() {
        assertThatIllegalArgumentException().isThrownBy(() -> new NumpyRandomState(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new NumpyRandomState(1L << 32));
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
