package org.smsieve.trainer.evaluate;

import java.util.Locale;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.command.UserException;
import org.smsieve.trainer.data.Dataset;

/** How a decision threshold comes about. */
public sealed interface ThresholdRule {
    /** There is none: the likeliest label is given. */
    record Likeliest() implements ThresholdRule {
        @Override
        public ThresholdChoice choose(Predictions validation) {
            return new ThresholdChoice(null, "");
        }
    }

    /**
     * It is given.
     *
     * @param threshold the threshold
     */
    record Given(DecisionThreshold threshold) implements ThresholdRule {
        @Override
        public ThresholdChoice choose(Predictions validation) {
            return new ThresholdChoice(threshold, "as asked for");
        }

        @Override
        public ThresholdRule forBaseline() {
            return new Likeliest();
        }
    }

    /**
     * The lowest threshold on the positive label's probability, from 0.5 on, with which at most a share of the other
     * labels' validation messages get that label. Lower ones would, of two labels, give it more often than no threshold
     * does, which a clean validation part is no reason for.
     *
     * @param share in [0, 1]
     */
    record MaxFalsePositiveRate(double share) implements ThresholdRule {
        private static final double LEAST = 0.5;

        public MaxFalsePositiveRate {
            if (!(share >= 0 && share <= 1)) {
                throw new UserException("max-false-positive-rate: " + share + " (expected: 0 to 1)");
            }
        }

        /** Refuses a validation part that can tell nothing. */
        public void check(Dataset validation) {
            String positive = Predictions.positiveOf(validation.labels());
            int negatives = validation.size() - validation.counts().get(positive);
            if (negatives == 0) {
                throw new UserException("max-false-positive-rate: the validation part has no messages but of "
                        + positive + " (expected: some of other labels, to count false positives among); add some,"
                        + " or state --decision-threshold");
            }
        }

        @Override
        public ThresholdChoice choose(Predictions validation) {
            String positive = validation.positiveLabel();
            double[] negatives = validation.scores(positive, false);
            double[] positives = validation.scores(positive, true);
            int allowed = allowed(negatives.length);
            double lowest = 0;
            if (allowed < negatives.length) {
                // The likeliest of the messages that must not get the label, and whatever is just above it.
                double below = negatives[negatives.length - 1 - allowed];
                double above = Math.min(next(positives, below), next(negatives, below));
                lowest = between(below, above);
            }
            DecisionThreshold threshold = new DecisionThreshold(positive, Math.max(LEAST, lowest));
            return new ThresholdChoice(threshold, reason(validation, threshold, lowest, allowed));
        }

        /** How many of so many messages may be false positives: exact where share times messages is whole. */
        private int allowed(int messages) {
            int allowed = (int) Math.floor(share * messages);
            return allowed < messages && (double) (allowed + 1) / messages <= share ? allowed + 1 : allowed;
        }

        /** The lowest of these probabilities above the given one; infinity where there is none. */
        private static double next(double[] ascending, double below) {
            for (double score : ascending) {
                if (score > below) {
                    return score;
                }
            }
            return Double.POSITIVE_INFINITY;
        }

        /** Midway by log-odds, so that it is as far from the one as from the other in what the model computes. */
        private static double between(double below, double above) {
            if (Double.isInfinite(above)) {
                return (below + 1) / 2;
            }
            double middle = 1 / (1 + Math.exp(-(logit(below) + logit(above)) / 2));
            return middle > below && middle <= above ? middle : above;
        }

        private static double logit(double probability) {
            double clipped = Math.min(1 - Math.ulp(0.5), Math.max(Math.ulp(0.5), probability));
            return Math.log(clipped) - Math.log1p(-clipped);
        }

        private String reason(Predictions validation, DecisionThreshold threshold, double lowest, int allowed) {
            String positive = threshold.label();
            Confusion reached = Confusion.of(validation, threshold);
            int negatives = reached.messages() - reached.having(positive);
            int falsePositives = reached.given(positive) - reached.hits(positive);
            String note = String.format(
                    Locale.ROOT,
                    "the lowest from 0.5 on with at most %s %% false positives in the validation part, where it has %,d of %,d",
                    Figure.plain(100 * share),
                    falsePositives,
                    negatives);
            if (falsePositives > allowed) {
                return note + "; the classifier is certain of those, no threshold keeps them out";
            }
            if (lowest < LEAST) {
                note +=
                        "; a lower one would do there too, but on other messages it could give more false positives than"
                                + " the likeliest label does";
            }
            if (allowed == 0 && share > 0) {
                // Clopper and Pearson 1934 for no event: the rate with which that has a chance of 5 %.
                double upper = 1 - Math.pow(0.05, 1.0 / negatives);
                return note
                        + String.format(
                                Locale.ROOT,
                                "; so few messages cannot show such a share, so none was allowed: with 95 %% confidence"
                                        + " the share is below %.2g %%",
                                100 * upper);
            }
            return note;
        }
    }

    /**
     * The threshold for a classifier.
     *
     * @param validation what it said of the validation messages; may be null unless the rule looks at them
     */
    ThresholdChoice choose(Predictions validation);

    /** The rule that is fair to a baseline: a threshold given for the model's probabilities says nothing of others. */
    default ThresholdRule forBaseline() {
        return this;
    }
}
