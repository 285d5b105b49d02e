package org.smsieve.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Gpt2ClassifierTest {
    /** One call, or as many as run at once; each of at most what is good for it, and all at once of at most 16,384. */
    @ParameterizedTest
    @CsvSource({
        // One processor.
        "1, 1, 1_024, 1",
        "1_024, 1, 1_024, 1",
        "1_025, 1, 1_024, 2",
        // Two, with a thread each.
        "255, 2, 1_024, 1",
        "256, 2, 1_024, 2",
        "2_048, 2, 1_024, 2",
        "2_049, 2, 1_024, 4",
        // Four: no call for some of them alone.
        "511, 4, 1_024, 1",
        "512, 4, 1_024, 4",
        // 64, with 16 threads each: memory is the bound.
        "16_384, 4, 16_384, 4",
        "16_385, 4, 16_384, 8",
        // A GPU.
        "127, 1, 16_384, 1",
        "16_384, 1, 16_384, 1",
        "16_385, 1, 16_384, 2"
    })
    void dividesAMicroBatchIntoCallsThatKeepAllThreadsBusy(String positions, int width, String most, int expected) {
        assertThat(Gpt2Classifier.calls(number(positions), width, number(most))).isEqualTo(expected);
    }

    private static int number(String grouped) {
        return Integer.parseInt(grouped.replace("_", ""));
    }
}
