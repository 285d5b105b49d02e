package org.smsieve.trainer.finetune;

import java.util.Map;
import org.smsieve.gpt2.Pooling;

/** Finetuning options for tests. */
final class Options {
    private Options() {}

    /** Plain AdamW: nothing random but the order. */
    static FinetuneOptions plain(Trainable trainable, int epochs, double learningRate) {
        return new FinetuneOptions(
                trainable,
                Pooling.LAST_TOKEN,
                64,
                epochs,
                4,
                learningRate,
                Schedule.CONSTANT,
                0.1,
                0,
                0,
                0,
                0,
                Map.of(),
                0,
                Double.POSITIVE_INFINITY,
                BatchOrder.SHUFFLED,
                123);
    }

    /** Everything random there is. */
    static FinetuneOptions random(double share) {
        return new FinetuneOptions(
                Trainable.ALL,
                Pooling.LAST_TOKEN,
                64,
                3,
                4,
                1e-3,
                Schedule.COSINE,
                0.1,
                share,
                share,
                share,
                share,
                Map.of("spam", 2.0),
                0.9,
                1,
                BatchOrder.BY_LENGTH,
                123);
    }
}
