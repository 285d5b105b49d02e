package org.smsieve.trainer;

import java.util.Map;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.command.UserException;
import org.smsieve.trainer.data.Split;
import org.smsieve.trainer.evaluate.ThresholdRule;
import org.smsieve.trainer.evaluate.ThresholdRule.MaxFalsePositiveRate;
import picocli.CommandLine.Option;

/** The flags of {@code train} that say when a message gets a label; at most one of them may be given. */
final class ThresholdFlags {
    @Option(
            names = "--decision-threshold",
            paramLabel = "LABEL=P",
            description = "Give LABEL to messages whose probability of it is at least P; default: the likeliest label.")
    private Map<String, Double> decisionThreshold = Map.of();

    @Option(
            names = "--max-false-positive-rate",
            paramLabel = "X",
            description = "Pick the lowest threshold, from 0.5 on, that gives spam (or else the last label) to at most"
                    + " this share of the other validation messages.")
    private Double maxFalsePositiveRate;

    /** The rule for a data set, once it is known that it can be kept there. */
    ThresholdRule rule(Split split) {
        if (maxFalsePositiveRate != null) {
            MaxFalsePositiveRate rule = new MaxFalsePositiveRate(maxFalsePositiveRate);
            rule.check(split.validation());
            return rule;
        }
        if (decisionThreshold.isEmpty()) {
            return new ThresholdRule.Likeliest();
        }
        Map.Entry<String, Double> only = decisionThreshold.entrySet().iterator().next();
        if (decisionThreshold.size() > 1
                || !split.labels().contains(only.getKey())
                || !(only.getValue() >= 0 && only.getValue() <= 1)) {
            throw new UserException("decision-threshold: " + decisionThreshold + " (expected: one of " + split.labels()
                    + " and a probability from 0 to 1)");
        }
        return new ThresholdRule.Given(new DecisionThreshold(only.getKey(), only.getValue()));
    }
}
