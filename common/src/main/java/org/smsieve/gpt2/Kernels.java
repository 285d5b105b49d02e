package org.smsieve.gpt2;

/** How the linear layers are computed, and what follows them. */
enum Kernels {
    /** {@code addmm} and what follows it as operators of their own: everywhere, and the one that can be trained. */
    PLAIN,
    /**
     * The same for inference on CPUs: sums in place, and GELU tile by tile. A product begins at once whatever its rows,
     * for which oneDNN would generate code: the fastest for float32 weights that a processor's cache holds.
     */
    BLAS,
    /**
     * oneDNN's linear layers, on weights reordered once at load: for inference on CPUs whose libtorch has them. In
     * bfloat16 GELU and the residual sum are done while a product's tile is still in the cache. In float32 they follow
     * as in {@link #BLAS}: done by oneDNN they make the product slower than both together.
     */
    ONEDNN,
    /**
     * FBGEMM's products of 8-bit integers, on weights quantised and packed at load, with inputs quantised as they come:
     * for inference on CPUs, at about twice float32's rate where there is neither bfloat16 nor more. What follows is as
     * in {@link #BLAS}.
     *
     * @see <a href="https://arxiv.org/abs/2101.05615">FBGEMM: Khudia et al. 2021</a>
     */
    QUANTISED
}
