package org.smsieve.trainer.finetune;

import org.smsieve.checkpoint.Gpt2Config;

/** Which weights are trained; the others stay as the base checkpoint has them. */
public enum Trainable {
    /** The final LayerNorm and the head. */
    HEAD("head", 0),
    /** The last block too: the book's choice. */
    LAST_BLOCK("last-block", 1),
    /** The last two blocks too. */
    LAST_TWO_BLOCKS("last-two-blocks", 2),
    /** All weights. */
    ALL("all", Integer.MAX_VALUE),
    /** Low-rank adapters beside the linear layers of all blocks, with the final LayerNorm and the head. */
    LORA("lora", Integer.MAX_VALUE);

    private final String label;
    private final int blocks;

    Trainable(String label, int blocks) {
        this.label = label;
        this.blocks = blocks;
    }

    /** How many of a model's lower blocks compute the same throughout training. */
    int frozenBlocks(Gpt2Config config) {
        return Math.max(0, config.layers() - blocks);
    }

    /** Whether the tensor {@code name}, one of {@link Gpt2Config#parameters()}, is trained itself. */
    boolean trains(String name, Gpt2Config config) {
        if (name.startsWith("ln_f.") || name.startsWith("score.")) {
            return true;
        }
        return switch (this) {
            case ALL -> true;
            case LORA -> false;
            default -> name.startsWith("h.") && Integer.parseInt(name.split("\\.", -1)[1]) >= frozenBlocks(config);
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
