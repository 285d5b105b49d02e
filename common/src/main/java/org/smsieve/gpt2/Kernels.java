package org.smsieve.gpt2;

/** How the linear layers are computed. */
enum Kernels {
    /** {@code addmm} and what follows it as operators of their own: everywhere, and the one that can be trained. */
    PLAIN,
    /**
     * oneDNN's fused linear layers, on weights reordered once at load: for inference on CPUs whose libtorch has them.
     * GELU and the residual sum are done while a product's tile is still in the cache.
     */
    FUSED
}
