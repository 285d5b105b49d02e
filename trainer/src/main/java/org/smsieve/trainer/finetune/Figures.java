package org.smsieve.trainer.finetune;

/**
 * How well some messages are classified, at the likeliest label and without class weights.
 *
 * @param loss mean cross entropy in nats
 * @param accuracy share of messages that got their own label, in [0, 1]
 */
public record Figures(double loss, double accuracy) {}
