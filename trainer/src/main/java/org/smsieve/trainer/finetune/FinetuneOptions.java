package org.smsieve.trainer.finetune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Lora;
import org.smsieve.gpt2.Pooling;
import org.smsieve.gpt2.Training;

/**
 * How to finetune.
 *
 * @param trainable which weights are trained
 * @param lora the adapters of {@link Trainable#LORA}; null otherwise
 * @param pooling the position that is classified
 * @param maxTokens how many tokens of a message are read, in [1, context]
 * @param epochs times that the training messages are gone through, at least 1
 * @param batchSize messages whose gradients are computed together, at least 1
 * @param accumulation batches whose gradients are averaged for one step, at least 1
 * @param learningRate the highest learning rate, over 0
 * @param schedule how the learning rate changes over the steps
 * @param weightDecay AdamW's, at least 0; applied to all trained weights
 * @param dropout share of activations zeroed, in [0, 1)
 * @param augmentation how messages are changed at random
 * @param classWeights weight of each label's messages in the loss, over 0; 1 for a label that is missing here
 * @param averaging decay a step of the running average of the weights that is kept, in [0, 1); 0 keeps the weights
 *     themselves
 * @param gradientNorm the gradient of all weights together is scaled down to this length, over 0; infinity leaves it
 * @param order how messages are put into batches
 * @param selection which epoch's weights are kept
 * @param evaluateEvery steps between figures within an epoch; 0 for none
 * @param frozen how the blocks that are not trained are computed
 * @param seed of all pseudo-random numbers
 */
public record FinetuneOptions(
        Trainable trainable,
        Lora lora,
        Pooling pooling,
        int maxTokens,
        int epochs,
        int batchSize,
        int accumulation,
        double learningRate,
        Schedule schedule,
        double weightDecay,
        double dropout,
        AugmentationShares augmentation,
        Map<String, Double> classWeights,
        double averaging,
        double gradientNorm,
        BatchOrder order,
        Selection selection,
        int evaluateEvery,
        FrozenOptions frozen,
        long seed) {

    /** The most that messages of one label weigh, {@value}. */
    public static final double MAX_CLASS_WEIGHT = 1000;

    private static final int MAX_RANK = 1024;

    /** Checks the ranges. */
    public FinetuneOptions {
        check("epochs", epochs, epochs >= 1, "at least 1");
        check("batch-size", batchSize, batchSize >= 1 && batchSize <= 4096, "1 to 4096");
        check("gradient-accumulation", accumulation, accumulation >= 1 && accumulation <= 4096, "1 to 4096");
        check("learning-rate", learningRate, learningRate > 0 && learningRate <= 1, "over 0, at most 1");
        check("weight-decay", weightDecay, weightDecay >= 0 && weightDecay <= 1, "0 to 1");
        check("dropout", dropout, dropout >= 0 && dropout < 1, "0 to less than 1");
        check("weight-averaging", averaging, averaging >= 0 && averaging < 1, "0 to less than 1");
        check("max-gradient-norm", gradientNorm, gradientNorm > 0, "over 0");
        if (lora != null) {
            check("lora-rank", lora.rank(), lora.rank() <= MAX_RANK, "at most " + MAX_RANK);
        }
        check("evaluate-every", evaluateEvery, evaluateEvery >= 0, "at least 0");
        // In the order given: bundles list them.
        classWeights = Collections.unmodifiableMap(new LinkedHashMap<>(classWeights));
        classWeights.forEach((label, weight) -> check(
                "class-weight " + label, weight, weight > 0 && weight <= MAX_CLASS_WEIGHT, "over 0, at most 1000"));
    }

    /** What of a model of that shape is trained. */
    public Training training(Gpt2Config config) {
        List<String> trained = new ArrayList<>();
        if (lora != null) {
            trained.addAll(lora.parameters(config).keySet());
        }
        config.parameters().keySet().stream()
                .filter(name -> trainable.trains(name, config))
                .forEach(trained::add);
        return new Training(trainable.frozenBlocks(config), trained, lora, dropout);
    }

    /** Name and value of each, as a model card gives them. */
    public Map<String, Object> describe() {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("trainable", trainable.toString());
        if (lora != null) {
            described.put("loraRank", lora.rank());
            described.put("loraAlpha", lora.alpha());
        }
        described.put("epochs", epochs);
        described.put("batchSize", batchSize);
        described.put("gradientAccumulation", accumulation);
        described.put("learningRate", learningRate);
        described.put("schedule", schedule.toString());
        described.put("weightDecay", weightDecay);
        described.put("dropout", dropout);
        described.put("tokenDropout", augmentation.token());
        described.put("joinShare", augmentation.join());
        described.put("cropShare", augmentation.crop());
        described.put("classWeights", classWeights);
        described.put("weightAveraging", averaging);
        described.put("maxGradientNorm", Double.isInfinite(gradientNorm) ? "none" : gradientNorm);
        described.put("batchOrder", order.toString());
        described.put("keep", selection.kept() + " epoch");
        described.put("patience", selection.patience() == 0 ? "none" : selection.patience());
        described.put("frozenPrecision", frozen.precision().label());
        return described;
    }

    static void check(String name, Object value, boolean holds, String rule) {
        if (!holds) {
            throw new UserException(name + ": " + value + " (expected: " + rule + ")");
        }
    }
}
