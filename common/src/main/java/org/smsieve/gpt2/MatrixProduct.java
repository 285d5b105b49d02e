package org.smsieve.gpt2;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Products of square matrices, timed: what a device can do, and so what a model that is made of them could do at most.
 */
public final class MatrixProduct {
    private static final String TYPE = "__torch__.Probe";

    private MatrixProduct() {}

    /**
     * How long a product takes: the fastest of some rounds, after one to warm up.
     *
     * @param precision what the factors and the product are in
     * @param size rows and columns
     * @param products how many a round computes, one upon the other, at least 1: the more, the less does what else a
     *     round takes count; {@code size} to their power must be within float32's range
     * @param rounds at least 1
     * @return nanoseconds of one product
     */
    public static double nanos(Precision precision, Device device, int size, int products, int rounds) {
        String source = "class Probe(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
                + "  def forward(self: " + TYPE + ", x: Tensor) -> Tensor:\n"
                + "    y = torch.to(x, " + precision.scalarType() + ")\n"
                + "    z = torch.mm(y, y)\n"
                + "    z = torch.mm(y, z)\n".repeat(products - 1)
                + "    return torch.sum(z, dtype=6)\n";
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
            PtSymbolBlock probe = JniUtils.loadModule(
                    (PtNDManager) manager,
                    new ByteArrayInputStream(ScriptArchive.of(TYPE, source, List.of(), List.of())),
                    true,
                    false);
            NDArray x = manager.ones(new Shape(size, size));
            long fastest = Long.MAX_VALUE;
            for (int round = 0; round <= rounds; round++) {
                long start = System.nanoTime();
                // Reading the sum waits for the device.
                IValueUtils.forward(probe, new NDList(x), false)
                        .singletonOrThrow()
                        .getFloat();
                fastest = Math.min(fastest, System.nanoTime() - start);
            }
            return (double) fastest / products;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
