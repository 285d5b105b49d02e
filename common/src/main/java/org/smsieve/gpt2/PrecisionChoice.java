package org.smsieve.gpt2;

import ai.djl.Device;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.command.UserException;

/** Settles the setting {@code precision}. */
public final class PrecisionChoice {
    private static final Logger LOG = LoggerFactory.getLogger(PrecisionChoice.class);
    private static final int SIZE = 512;
    private static final int ROUNDS = 3;
    /** How much faster bf16 must be, so that the choice does not change from run to run. */
    private static final double CLEAR_LEAD = 1.2;

    private PrecisionChoice() {}

    /**
     * The precision a setting names.
     *
     * @param setting {@code fp32}, {@code bf16}, {@code int8}, or {@code auto}: fp32, or bf16 where this device
     *     multiplies two matrices clearly faster in it, measured now, in some milliseconds
     * @throws UserException if it names none
     */
    public static Precision of(String setting, Device device) {
        return switch (setting) {
            case "fp32" -> Precision.FP32;
            case "bf16" -> Precision.BF16;
            case "int8" -> quantised(device);
            case "auto" -> measured(device);
            default -> throw new UserException("precision: " + setting + " (expected: auto, fp32, bf16 or int8)");
        };
    }

    private static Precision quantised(Device device) {
        if (device.isGpu()) {
            throw new UserException("precision: int8 (expected: auto, fp32 or bf16 on a GPU)");
        }
        return Precision.INT8;
    }

    /** Some processors only emulate bfloat16, a hundred times slower than they do float32; others double its rate. */
    private static Precision measured(Device device) {
        double fp32 = MatrixProduct.nanos(Precision.FP32, device, SIZE, 1, ROUNDS);
        double bf16 = MatrixProduct.nanos(Precision.BF16, device, SIZE, 1, ROUNDS);
        Precision faster = bf16 * CLEAR_LEAD < fp32 ? Precision.BF16 : Precision.FP32;
        if (LOG.isInfoEnabled()) {
            LOG.info(String.format(
                    Locale.ROOT,
                    "precision=auto: %s (a product of %d x %d takes %.2f ms in fp32, %.2f ms in bf16)",
                    faster.label(),
                    SIZE,
                    SIZE,
                    fp32 / 1e6,
                    bf16 / 1e6));
        }
        return faster;
    }
}
