package org.smsieve.classifier;

/**
 * Where and how a classifier computes.
 *
 * @param device {@code auto} (the first GPU where there is one, else the CPU), {@code cpu}, {@code gpu} or
 *     {@code gpu:N}
 * @param precision {@code auto} (the faster on the device, measured), {@code fp32}, {@code bf16} or {@code int8}
 */
public record ComputeOptions(String device, String precision) {
    /** Device and precision chosen by what the machine has. */
    public static final ComputeOptions AUTO = new ComputeOptions("auto", "auto");
}
