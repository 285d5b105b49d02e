package org.smsieve.trainer.finetune;

import java.util.LinkedHashMap;
import java.util.Map;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Pooling;

/**
 * How to finetune.
 *
 * @param trainable which weights are trained
 * @param pooling the position that is classified
 * @param maxTokens how many tokens of a message are read, in [1, context]
 * @param epochs times that the training messages are gone through, at least 1
 * @param batchSize messages a step, at least 1
 * @param learningRate the highest learning rate, over 0
 * @param schedule how the learning rate changes over the steps
 * @param weightDecay AdamW's, at least 0; applied to all trained weights
 * @param dropout share of activations zeroed, in [0, 1)
 * @param tokenDropout share of tokens replaced by random ones, in [0, 1)
 * @param joinShare share of messages joined with a random one of the first label, in [0, 1]
 * @param cropShare share of messages cut to a random run of at least half their tokens, in [0, 1]
 * @param classWeights weight of each label's messages in the loss, over 0; 1 for a label that is missing here
 * @param averaging decay a step of the running average of the weights that is kept in the end, in [0, 1); 0 keeps the
 *     last weights
 * @param gradientNorm the gradient of all weights together is scaled down to this length, over 0; infinity leaves it
 * @param order how messages are put into batches
 * @param seed of all pseudo-random numbers
 */
public record FinetuneOptions(
        Trainable trainable,
        Pooling pooling,
        int maxTokens,
        int epochs,
        int batchSize,
        double learningRate,
        Schedule schedule,
        double weightDecay,
        double dropout,
        double tokenDropout,
        double joinShare,
        double cropShare,
        Map<String, Double> classWeights,
        double averaging,
        double gradientNorm,
        BatchOrder order,
        long seed) {

    /** Checks the ranges. */
    public FinetuneOptions {
        check("epochs", epochs, epochs >= 1, "at least 1");
        check("batch-size", batchSize, batchSize >= 1 && batchSize <= 4096, "1 to 4096");
        check("learning-rate", learningRate, learningRate > 0 && learningRate <= 1, "over 0, at most 1");
        check("weight-decay", weightDecay, weightDecay >= 0 && weightDecay <= 1, "0 to 1");
        check("dropout", dropout, dropout >= 0 && dropout < 1, "0 to less than 1");
        check("token-dropout", tokenDropout, tokenDropout >= 0 && tokenDropout < 1, "0 to less than 1");
        check("join-share", joinShare, joinShare >= 0 && joinShare <= 1, "0 to 1");
        check("crop-share", cropShare, cropShare >= 0 && cropShare <= 1, "0 to 1");
        check("weight-averaging", averaging, averaging >= 0 && averaging < 1, "0 to less than 1");
        check("max-gradient-norm", gradientNorm, gradientNorm > 0, "over 0");
        classWeights = Map.copyOf(classWeights);
        classWeights.forEach((label, weight) ->
                check("class-weight " + label, weight, weight > 0 && weight <= 1000, "over 0, at most 1000"));
    }

    /** Name and value of each, as a model card gives them. */
    public Map<String, Object> describe() {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("trainable", trainable.toString());
        described.put("epochs", epochs);
        described.put("batchSize", batchSize);
        described.put("learningRate", learningRate);
        described.put("schedule", schedule.toString());
        described.put("weightDecay", weightDecay);
        described.put("dropout", dropout);
        described.put("tokenDropout", tokenDropout);
        described.put("joinShare", joinShare);
        described.put("cropShare", cropShare);
        described.put("classWeights", classWeights);
        described.put("weightAveraging", averaging);
        described.put("maxGradientNorm", Double.isInfinite(gradientNorm) ? "none" : gradientNorm);
        described.put("batchOrder", order.toString());
        return described;
    }

    private static void check(String name, Object value, boolean holds, String rule) {
        if (!holds) {
            throw new UserException(name + ": " + value + " (expected: " + rule + ")");
        }
    }
}
