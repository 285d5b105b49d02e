package org.smsieve.trainer.finetune;

/**
 * How the learning rate changes from step to step: up in a line over the first steps, then as {@link Decay} says.
 *
 * @param decay how it falls after the warm-up
 * @param warmUp share of all steps over which it rises, in [0, 1)
 */
public record Schedule(Decay decay, double warmUp) {
    /** How the learning rate falls. */
    public enum Decay {
        /** Not at all. */
        CONSTANT("constant") {
            @Override
            double factor(double progress) {
                return 1;
            }
        },
        /** In a line to 0. */
        LINEAR("linear") {
            @Override
            double factor(double progress) {
                return 1 - progress;
            }
        },
        /** To 0 along half a cosine (Loshchilov and Hutter 2017). */
        COSINE("cosine") {
            @Override
            double factor(double progress) {
                return 0.5 * (1 + Math.cos(Math.PI * progress));
            }
        };

        private final String label;

        Decay(String label) {
            this.label = label;
        }

        /** The share of the highest learning rate, in [0, 1], after this share of the steps behind the warm-up. */
        abstract double factor(double progress);

        @Override
        public String toString() {
            return label;
        }
    }

    /** The same learning rate throughout: the book's. */
    public static final Schedule CONSTANT = new Schedule(Decay.CONSTANT, 0);

    /** Checks the range. */
    public Schedule {
        FinetuneOptions.check("warm-up", warmUp, warmUp >= 0 && warmUp < 1, "0 to less than 1");
    }

    /**
     * The share of the highest learning rate that a step takes, in [0, 1].
     *
     * @param step counted from 0
     * @param steps of the whole training
     */
    double factor(int step, int steps) {
        double rising = warmUp * steps;
        return step < rising ? (step + 1) / (rising + 1) : decay.factor((step - rising) / (steps - rising));
    }

    @Override
    public String toString() {
        return warmUp == 0 ? decay.toString() : decay + " after a warm-up of " + warmUp;
    }
}
