package org.smsieve.trainer.finetune;

/** How the learning rate changes from step to step. */
public enum Schedule {
    /** The same throughout: the book's. */
    CONSTANT("constant") {
        @Override
        double factor(int step, int steps) {
            return 1;
        }
    },
    /**
     * Up in a line over the first tenth of the steps, then down to 0 along half a cosine (Loshchilov and Hutter 2017).
     */
    COSINE("cosine") {
        @Override
        double factor(int step, int steps) {
            double warmUp = WARM_UP * steps;
            if (step < warmUp) {
                return (step + 1) / (warmUp + 1);
            }
            return 0.5 * (1 + Math.cos(Math.PI * (step - warmUp) / (steps - warmUp)));
        }
    };

    private static final double WARM_UP = 0.1;

    private final String label;

    Schedule(String label) {
        this.label = label;
    }

    /**
     * The share of the highest learning rate that a step takes, in [0, 1].
     *
     * @param step counted from 0
     * @param steps of the whole training
     */
    abstract double factor(int step, int steps);

    @Override
    public String toString() {
        return label;
    }
}
