package org.smsieve.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Collection;
import org.smsieve.gpt2.Gpt2Program;

/** AdamW (Loshchilov and Hutter 2019): the moments of the gradients, and the steps that the program makes of them. */
final class AdamW {
    private final Gpt2Program program;
    private final double weightDecay;
    private final NDList means = new NDList();
    private final NDList variances = new NDList();
    private int step;

    /**
     * @param program changes its trained weights
     * @param trained those weights, in its order
     * @param weightDecay share of the learning rate times the weight that is taken off each step
     * @param manager owns the moments
     */
    AdamW(Gpt2Program program, Collection<NDArray> trained, double weightDecay, NDManager manager) {
        this.program = program;
        this.weightDecay = weightDecay;
        for (NDArray weight : trained) {
            means.add(manager.zeros(weight.getShape()));
            variances.add(manager.zeros(weight.getShape()));
        }
    }

    /** Changes the weights in place. The gradients are of no use afterwards. */
    void step(NDList gradients, double learningRate) {
        step++;
        try (NDManager scratch = program.newManager()) {
            NDArray number = scratch.create((float) step);
            NDArray settings = scratch.create(new double[] {learningRate, weightDecay});
            program.update(gradients, means, variances, number, settings);
        }
    }
}
