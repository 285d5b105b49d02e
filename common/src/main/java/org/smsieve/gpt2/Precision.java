package org.smsieve.gpt2;

/** The number format of the weights and of the hidden states. Logits are always computed and given in float32. */
public enum Precision {
    /** float32. */
    FP32("fp32", "6", 1e-5, 1e-3),
    /** bfloat16, with the final LayerNorm and the head in float32. */
    BF16("bf16", "15", 2e-2, 0.1),
    /**
     * Linear layers in int8 with one scale an output, their inputs quantised as they come; all else in float32. For
     * CPUs. The input's scale is that of the whole call, so that a score depends a little on its company.
     */
    INT8("int8", "6", 5e-2, 0.2);

    private final String label;
    private final String scalarType;
    private final double tolerance;
    private final double logitTolerance;

    Precision(String label, String scalarType, double tolerance, double logitTolerance) {
        this.label = label;
        this.scalarType = scalarType;
        this.tolerance = tolerance;
        this.logitTolerance = logitTolerance;
    }

    /** {@code fp32}, {@code bf16} or {@code int8}. */
    public String label() {
        return label;
    }

    /**
     * How far apart two scores of the same text may be, whatever else was in its micro-batch. In int8 that is what
     * tests on random weights have shown, not a bound.
     */
    public double tolerance() {
        return tolerance;
    }

    /**
     * How far a logit may be from what another machine computed in fp32, as a share of the largest logit's magnitude,
     * or of 1 if that is more.
     */
    public double logitTolerance() {
        return logitTolerance;
    }

    /** The number TorchScript knows the type of hidden states by (c10::ScalarType). */
    String scalarType() {
        return scalarType;
    }
}
