package org.smsieve.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.bundle.Manifest;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Pooling;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

class Gpt2ClassifierIT {
    private static final int CONTEXT = 64;
    private static final ComputeOptions FP32 = new ComputeOptions("cpu", "fp32");
    private static final Tokenizer TOKENIZER = Tokenizer.gpt2();
    private static final Checkpoint CHECKPOINT = RandomWeights.checkpoint(
            new Gpt2Config(Tokenizer.VOCABULARY_SIZE, CONTEXT, 32, 2, 4, 128, 1e-5, List.of("ham", "spam")), 5);
    private static Gpt2Classifier classifier;

    @BeforeAll
    static void open() throws IOException {
        classifier = open(Pooling.LAST_TOKEN, null, FP32);
    }

    @AfterAll
    static void close() {
        classifier.close();
    }

    @Test
    void givesEachMessageItsVerdictInTheOrderGiven() {
        List<Tokens> messages = randomMessages(100, 3);

        List<Verdict> verdicts = classifier.classify(messages);

        assertThat(verdicts).hasSize(100);
        for (int i = 0; i < messages.size(); i++) {
            Verdict verdict = verdicts.get(i);
            assertThat(verdict.tokens())
                    .isEqualTo(Math.min(CONTEXT, messages.get(i).length()));
            assertThat(verdict.truncated()).isEqualTo(messages.get(i).length() > CONTEXT);
            assertThat(verdict.scores()).containsOnlyKeys("ham", "spam");
            assertThat(verdict.scores().values().stream().mapToDouble(p -> p).sum())
                    .isCloseTo(1, within(1e-9));
            assertThat(verdict.score())
                    .isEqualTo(Collections.max(verdict.scores().values()));
            assertThat(verdict.model()).isEqualTo("test@1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp32", "bf16", "int8"})
    void judgesAMessageByItselfWhateverTheCompany(String precision) throws IOException {
        List<Tokens> messages = new ArrayList<>(randomMessages(60, 4));
        try (Gpt2Classifier sut = open(Pooling.LAST_TOKEN, null, new ComputeOptions("cpu", precision))) {
            List<Verdict> together = sut.classify(messages);
            for (int i = 0; i < messages.size(); i++) {
                Verdict alone = sut.classify(List.of(messages.get(i))).get(0);
                assertThat(alone.scores().get("spam"))
                        .isCloseTo(
                                together.get(i).scores().get("spam"),
                                within(sut.precision().tolerance()));
            }
        }
    }

    @Test
    void readsAnEmptyMessageAsOneEndOfText() {
        Verdict empty = classifier.classify(List.of(Tokens.of())).get(0);
        Verdict endOfText =
                classifier.classify(List.of(Tokens.of(Tokenizer.END_OF_TEXT))).get(0);

        assertThat(empty.scores()).isEqualTo(endOfText.scores());
        assertThat(empty.tokens()).isZero();
        assertThat(endOfText.tokens()).isEqualTo(1);
    }

    @Test
    void readsNothingBehindTheContext() {
        Tokens cut = randomMessages(1, 9, CONTEXT, CONTEXT + 1).get(0);
        int[] ids = Arrays.copyOf(cut.toArray(), CONTEXT + 40);

        List<Verdict> verdicts = classifier.classify(List.of(cut, Tokens.of(ids)));

        assertThat(verdicts.get(1).scores().get("spam"))
                .isCloseTo(verdicts.get(0).scores().get("spam"), within(1e-6));
        assertThat(verdicts.get(0).truncated()).isFalse();
        assertThat(verdicts.get(1).truncated()).isTrue();
    }

    @Test
    void classifiesNothing() {
        assertThat(classifier.classify(List.of())).isEmpty();
    }

    @Test
    void decidesByTheThreshold() throws IOException {
        List<Tokens> messages = randomMessages(50, 6);
        try (Gpt2Classifier never = open(Pooling.LAST_TOKEN, new DecisionThreshold("spam", 1), FP32);
                Gpt2Classifier always = open(Pooling.LAST_TOKEN, new DecisionThreshold("spam", 0), FP32)) {
            assertThat(never.classify(messages))
                    .allMatch(verdict -> verdict.label().equals("ham"));
            assertThat(always.classify(messages))
                    .allMatch(verdict -> verdict.label().equals("spam"));
        }
    }

    @Test
    void judgesAMessageByItselfAtTheLastPositionToo() throws IOException {
        List<Tokens> messages = randomMessages(20, 8);
        try (Gpt2Classifier sut = open(Pooling.LAST_POSITION, null, FP32)) {
            List<Verdict> together = sut.classify(messages);
            for (int i = 0; i < messages.size(); i++) {
                assertThat(sut.classify(List.of(messages.get(i))).get(0).score())
                        .isCloseTo(together.get(i).score(), within(1e-5));
            }
        }
    }

    @Test
    void leavesNoNativeArrayBehind() throws IOException {
        int before = arrays();
        try (Gpt2Classifier sut = open(Pooling.LAST_TOKEN, null, FP32)) {
            sut.classify(randomMessages(60, 1));
            int loaded = arrays();
            for (int round = 0; round < 5; round++) {
                sut.classify(randomMessages(60, round));
            }
            assertThat(arrays()).isEqualTo(loaded);
        }
        assertThat(arrays()).isEqualTo(before);
    }

    @Test
    void namesTheDeviceThatIsNotThere() {
        assertThatThrownBy(() -> open(Pooling.LAST_TOKEN, null, new ComputeOptions("gpu:99", "fp32")))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("device: gpu:99");
        assertThatThrownBy(() -> open(Pooling.LAST_TOKEN, null, new ComputeOptions("tpu", "fp32")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("auto, cpu, gpu or gpu:N");
        assertThatThrownBy(() -> open(Pooling.LAST_TOKEN, null, new ComputeOptions("cpu", "fp8")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("auto, fp32, bf16 or int8");
    }

    @Test
    void choosesAPrecisionByItself() throws IOException {
        try (Gpt2Classifier sut = open(Pooling.LAST_TOKEN, null, ComputeOptions.AUTO)) {
            assertThat(sut.classify(List.of(TOKENIZER.encode("hello")))).hasSize(1);
        }
    }

    private static Gpt2Classifier open(Pooling pooling, DecisionThreshold threshold, ComputeOptions options)
            throws IOException {
        Manifest manifest = new Manifest(
                "test",
                "1",
                null,
                List.of("ham", "spam"),
                pooling,
                CONTEXT,
                threshold,
                null,
                null,
                null,
                0,
                Map.of(),
                Map.of(),
                Map.of(),
                List.of());
        return Gpt2Classifier.open(new Bundle(manifest, CHECKPOINT), options);
    }

    private static List<Tokens> randomMessages(int count, long seed) {
        return randomMessages(count, seed, 0, CONTEXT + 20);
    }

    private static List<Tokens> randomMessages(int count, long seed, int shortest, int longest) {
        Random random = new Random(seed);
        List<Tokens> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = shortest + random.nextInt(longest - shortest);
            messages.add(
                    Tokens.of(random.ints(length, 0, Tokenizer.VOCABULARY_SIZE).toArray()));
        }
        return messages;
    }

    /** How many arrays and programs libtorch holds for this process. */
    private static int arrays() {
        try (NDManager any = NDManager.newBaseManager("PyTorch")) {
            return count(any.getParentManager());
        }
    }

    private static int count(NDManager manager) {
        return manager.getManagedArrays().size();
    }
}
