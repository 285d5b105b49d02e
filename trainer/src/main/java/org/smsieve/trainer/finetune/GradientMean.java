package org.smsieve.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** The mean of the gradients of several batches. */
final class GradientMean {
    private NDList sum;
    private int batches;

    /** Takes in a batch's gradients, which are then no longer the caller's. */
    void add(NDList gradients) {
        batches++;
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
     * The mean, scaled down to a length where it is longer (Pascanu and others 2013).
     *
     * @param longest length of all gradients together; infinity leaves them
     */
    NDList clipped(double longest) {
        scale(1.0 / batches);
        if (Double.isFinite(longest)) {
            scale(Math.min(1, longest / (length() + 1e-6)));
        }
        return sum;
    }

    private void scale(double factor) {
        if (factor != 1) {
            sum.forEach(gradient -> gradient.muli(factor));
        }
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
