package org.smsieve.gpt2;

import java.util.List;

/**
 * What of a program is trained, and how.
 *
 * @param frozenBlocks how many of the lower blocks are left out of the program, since they stay as they are: it then
 *     begins with the hidden states above them; in [0, layers]
 * @param trained the names of the tensors that are trained, in the order of their gradients
 * @param lora the adapters beside the linear layers; null for none
 * @param dropout share of the activations zeroed in training mode, in [0, 1), after the embeddings and before each
 *     residual sum
 */
public record Training(int frozenBlocks, List<String> trained, Lora lora, double dropout) {
    /** Checks that adapters stand in all blocks. */
    public Training {
        trained = List.copyOf(trained);
        if (lora != null && frozenBlocks > 0) {
            throw new IllegalArgumentException("adapters beside frozen blocks");
        }
    }
}
