package org.smsieve.checkpoint;

/**
 * A dense tensor in memory, row-major. The values are not copied in or out: whoever holds the tensor may read them, and
 * only its maker may write them.
 */
public final class Tensor {
    private final long[] shape;
    private final float[] values;

    /**
     * A tensor over the given values.
     *
     * @param values one for each element, row-major; kept, not copied
     * @param shape the sizes, each at least 0, their product the number of values
     */
    public Tensor(float[] values, long... shape) {
        if (elements(shape) != values.length) {
            throw new IllegalArgumentException("values: " + values.length + " (expected: " + elements(shape) + ")");
        }
        this.values = values;
        this.shape = shape.clone();
    }

    /** The sizes, outermost first. */
    public long[] shape() {
        return shape.clone();
    }

    /** The values themselves, row-major. */
    public float[] values() {
        return values;
    }

    /**
     * The number of elements of a shape.
     *
     * @throws ArithmeticException if it is over {@link Long#MAX_VALUE}
     */
    public static long elements(long... shape) {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        return elements;
    }
}
