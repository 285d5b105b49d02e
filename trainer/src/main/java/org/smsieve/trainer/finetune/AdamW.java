package org.smsieve.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter 2019) by DJL's native kernel, with the same numbers as {@code torch.optim.AdamW}. DJL's
 * own optimiser of that name adds epsilon before the second moment's bias is corrected, not after it: thirty times as
 * much at the first step, which shows where gradients are small.
 */
final class AdamW {
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;
    private static final double EPSILON = 1e-8;
    private static final float NO_CLIPPING = -1;

    private final double weightDecay;
    private final NDManager manager;
    private final Map<String, NDArray> means = new HashMap<>();
    private final Map<String, NDArray> variances = new HashMap<>();

    /**
     * @param weightDecay share of the learning rate times the weight that is taken off each step
     * @param manager owns the moments
     */
    AdamW(double weightDecay, NDManager manager) {
        this.weightDecay = weightDecay;
        this.manager = manager;
    }

    /**
     * Changes a weight in place and sets its gradient to zero.
     *
     * @param step counted from 1
     */
    void update(String name, NDArray weight, NDArray gradient, int step, double learningRate) {
        double unbiasMean = 1 - Math.pow(BETA1, step);
        double unbiasVariance = Math.sqrt(1 - Math.pow(BETA2, step));
        NDArray mean = means.computeIfAbsent(name, key -> manager.zeros(weight.getShape()));
        NDArray variance = variances.computeIfAbsent(name, key -> manager.zeros(weight.getShape()));
        weight.getNDArrayInternal()
                .adamUpdate(
                        new NDList(weight, gradient, mean, variance),
                        new NDList(weight),
                        (float) learningRate,
                        (float) (learningRate * unbiasVariance / unbiasMean),
                        (float) weightDecay,
                        1,
                        NO_CLIPPING,
                        BETA1,
                        BETA2,
                        (float) (EPSILON * unbiasVariance),
                        false,
                        true);
    }
}
