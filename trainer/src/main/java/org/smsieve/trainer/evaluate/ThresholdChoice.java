package org.smsieve.trainer.evaluate;

import org.smsieve.bundle.DecisionThreshold;

/**
 * A decision threshold and how it came about.
 *
 * @param threshold null for the likeliest label
 * @param reason for a person; empty where there is nothing to say
 */
public record ThresholdChoice(DecisionThreshold threshold, String reason) {}
