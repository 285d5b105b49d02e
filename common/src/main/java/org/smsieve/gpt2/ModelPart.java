package org.smsieve.gpt2;

import org.smsieve.checkpoint.Gpt2Config;

/**
 * A run of a model's parts, from the embeddings through the blocks to the head.
 *
 * @param begin the first block; with block 0 come the embeddings
 * @param end one past the last block
 * @param head whether the final LayerNorm and the head belong to it; only with the last block
 */
record ModelPart(int begin, int end, boolean head) {
    /** All of a model. */
    static ModelPart whole(Gpt2Config config) {
        return from(0, config);
    }

    /** The embeddings and the first blocks. */
    static ModelPart below(int block) {
        return new ModelPart(0, block, false);
    }

    /** All that comes after the first blocks. */
    static ModelPart from(int block, Gpt2Config config) {
        return new ModelPart(block, config.layers(), true);
    }
}
