package org.smsieve.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** The sum of the gradients of several batches. */
final class GradientSum {
    private NDList sum;

    /** Takes in a batch's gradients, which are then no longer the caller's. */
    void add(NDList gradients) {
        if (sum == null) {
            sum = gradients;
            return;
        }
        for (int i = 0; i < sum.size(); i++) {
            sum.get(i).addi(gradients.get(i));
        }
        gradients.close();
    }

    /**
     * The sum, scaled down to a length where it is longer (Pascanu, Mikolov and Bengio 2013).
     *
     * @param longest length of all gradients together; infinity leaves them
     */
    NDList clipped(double longest) {
        double factor = Double.isFinite(longest) ? longest / (length() + 1e-6) : 1;
        if (factor < 1) {
            sum.forEach(gradient -> gradient.muli(factor));
        }
        return sum;
    }

    private double length() {
        double square = 0;
        for (NDArray gradient : sum) {
            try (NDArray norm = gradient.norm()) {
                square += Math.pow(norm.getFloat(), 2);
            }
        }
        return Math.sqrt(square);
    }
}
