package org.smsieve.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Gpt2ClassifierTest {
    /** One call, or as many as run at once; each of at most what is good for it, and all at once of at most 16,384. */
    @ParameterizedTest
    @CsvSource({
        // One processor.
        "1, 1, 1024, 1",
        "1024, 1, 1024, 1",
        "1025, 1, 1024, 2",
        // Two, with a thread each.
        "255, 2, 1024, 1",
        "256, 2, 1024, 2",
        "2048, 2, 1024, 2",
        "2049, 2, 1024, 4",
        // Four: no call for some of them alone.
        "511, 4, 1024, 1",
        "512, 4, 1024, 4",
        // 64, with 16 threads each: memory is the bound.
        "16384, 4, 16384, 4",
        "16385, 4, 16384, 8",
        // A GPU.
        "127, 1, 16384, 1",
        "16384, 1, 16384, 1",
        "16385, 1, 16384, 2"
    })
    void dividesAMicroBatchIntoCallsThatKeepAllThreadsBusy(int positions, int width, int most, int expected) {
        assertThat(Gpt2Classifier.calls(positions, width, most)).isEqualTo(expected);
    }
}
