package org.smsieve.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An exponential moving average of the weights over the steps, which generalises better than the last weights do
 * (Polyak and Juditsky 1992). Its decay grows with the steps, so that the first weights are soon forgotten.
 */
final class WeightAverage {
    /** All of an array. */
    static final NDIndex ALL = new NDIndex(":");

    private final Map<String, NDArray> weights;
    private final Map<String, NDArray> averages = new LinkedHashMap<>();
    private final double decay;
    private int steps;

    /**
     * Starts at the weights as they are.
     *
     * @param manager owns the averages
     * @param decay in [0, 1); 0 gives the weights themselves
     */
    WeightAverage(Map<String, NDArray> weights, double decay, NDManager manager) {
        this.weights = weights;
        this.decay = decay;
        if (decay > 0) {
            weights.forEach((name, weight) -> averages.put(name, copy(weight, manager)));
        }
    }

    /** Takes in the weights after a step. */
    void update() {
        steps++;
        double keep = Math.min(decay, (steps + 1.0) / (steps + 10.0));
        averages.forEach((name, average) -> {
            try (NDArray detached = weights.get(name).stopGradient();
                    NDArray difference = detached.sub(average)) {
                difference.muli(1 - keep);
                average.addi(difference);
            }
        });
    }

    /** Exchanges the weights and their averages; nothing where no average is kept. */
    void swap() {
        averages.forEach((name, average) -> {
            try (NDArray detached = weights.get(name).stopGradient();
                    NDArray current = detached.duplicate()) {
                detached.set(ALL, average);
                average.set(ALL, current);
            }
        });
    }

    /** The average of the weights {@code name}; the weights themselves where none is kept. */
    NDArray of(String name) {
        return averages.getOrDefault(name, weights.get(name));
    }

    /** A copy of weights, without their gradient. */
    static NDArray copy(NDArray weight, NDManager manager) {
        try (NDArray detached = weight.stopGradient()) {
            NDArray copy = detached.duplicate();
            copy.attach(manager);
            return copy;
        }
    }
}
