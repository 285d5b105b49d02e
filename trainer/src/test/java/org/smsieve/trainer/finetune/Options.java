package org.smsieve.trainer.finetune;

import java.util.Map;
import org.smsieve.gpt2.Lora;
import org.smsieve.gpt2.Pooling;
import org.smsieve.gpt2.Precision;

/** Finetuning options for tests. */
final class Options {
    static final FrozenOptions CACHE = new FrozenOptions(Precision.FP32, 1 << 20);

    private Options() {}

    /** Plain AdamW: nothing random but the order. */
    static FinetuneOptions plain(Trainable trainable, int epochs, double learningRate) {
        return plain(trainable, epochs, learningRate, 1, Selection.LAST, CACHE);
    }

    /** Plain AdamW with these choices of its own. */
    static FinetuneOptions plain(
            Trainable trainable,
            int epochs,
            double learningRate,
            int accumulation,
            Selection selection,
            FrozenOptions frozen) {
        return new FinetuneOptions(
                trainable,
                trainable == Trainable.LORA ? new Lora(4, 8) : null,
                Pooling.LAST_TOKEN,
                64,
                epochs,
                4 / accumulation,
                accumulation,
                learningRate,
                Schedule.CONSTANT,
                0.1,
                0,
                AugmentationShares.NONE,
                Map.of(),
                0,
                Double.POSITIVE_INFINITY,
                BatchOrder.SHUFFLED,
                selection,
                2,
                frozen,
                123);
    }

    /** All weights are trained, of messages that weigh by their labels. */
    static FinetuneOptions weighted(int batchSize, int accumulation, Map<String, Double> classWeights) {
        return new FinetuneOptions(
                Trainable.ALL,
                null,
                Pooling.LAST_TOKEN,
                64,
                1,
                batchSize,
                accumulation,
                1e-3,
                Schedule.CONSTANT,
                0.1,
                0,
                AugmentationShares.NONE,
                classWeights,
                0,
                Double.POSITIVE_INFINITY,
                BatchOrder.SHUFFLED,
                Selection.LAST,
                0,
                CACHE,
                123);
    }

    /** Everything random there is. */
    static FinetuneOptions random(double share) {
        return new FinetuneOptions(
                Trainable.ALL,
                null,
                Pooling.LAST_TOKEN,
                64,
                3,
                4,
                1,
                1e-3,
                new Schedule(Schedule.Decay.COSINE, 0.1),
                0.1,
                share,
                new AugmentationShares(share, share, share),
                Map.of("spam", 2.0),
                0.9,
                1,
                BatchOrder.BY_LENGTH,
                new Selection(Selection.Kept.BEST, 2),
                0,
                CACHE,
                123);
    }
}
