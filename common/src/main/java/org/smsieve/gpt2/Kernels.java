package org.smsieve.gpt2;

/** How the linear layers are computed. */
enum Kernels {
    /** {@code addmm} and what follows it as operators of their own: everywhere, and the one that can be trained. */
    PLAIN,
    /**
     * oneDNN's fused linear layers, on weights reordered once at load: for inference on CPUs whose libtorch has them.
     * GELU and the residual sum are done while a product's tile is still in the cache.
     */
    FUSED,
    /**
     * FBGEMM's products of 8-bit integers, on weights quantised and packed at load, with inputs quantised as they come:
     * for inference on CPUs, at about twice float32's rate where there is neither bfloat16 nor more.
     *
     * @see <a href="https://arxiv.org/abs/2101.05615">FBGEMM: Khudia et al. 2021</a>
     */
    QUANTISED
}
