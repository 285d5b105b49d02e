package org.smsieve.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

class AugmentationTest {
    private static final List<LabelledTokens> MESSAGES = List.of(
            new LabelledTokens(Tokens.of(IntStream.range(0, 40).toArray()), 0),
            new LabelledTokens(Tokens.of(IntStream.range(100, 160).toArray()), 1),
            new LabelledTokens(Tokens.of(), 1),
            new LabelledTokens(Tokens.of(7), 0));

    @Test
    void changesNothingUnlessAsked() {
        FinetuneOptions options = Options.plain(Trainable.ALL, 1, 1e-3);

        assertThat(new Augmentation(options, MESSAGES, Tokenizer.VOCABULARY_SIZE, new Random(1)).epoch())
                .isEqualTo(MESSAGES);
    }

    @Test
    void keepsTheLabelsTheOrderAndTheLongestLength() {
        FinetuneOptions options = Options.random(0.5);
        Augmentation augmentation = new Augmentation(options, MESSAGES, Tokenizer.VOCABULARY_SIZE, new Random(1));
        boolean dropped = false;
        boolean cropped = false;
        boolean joined = false;
        for (int epoch = 0; epoch < 100; epoch++) {
            List<LabelledTokens> changed = augmentation.epoch();

            assertThat(changed).extracting(LabelledTokens::label).containsExactly(0, 1, 1, 0);
            int[] spam = changed.get(1).tokens().toArray();
            assertThat(spam.length).isBetween(30, options.maxTokens());
            dropped |= IntStream.of(spam).anyMatch(id -> id > 1000);
            cropped |= spam.length < 60;
            joined |= IntStream.of(spam).anyMatch(id -> id < 100);
        }
        assertThat(List.of(dropped, cropped, joined)).containsOnly(true);
    }
}
