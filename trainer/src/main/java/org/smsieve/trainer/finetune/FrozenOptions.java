package org.smsieve.trainer.finetune;

import org.smsieve.gpt2.Precision;

/**
 * How the blocks that are not trained are computed.
 *
 * @param precision what they compute in
 * @param cacheBytes most memory for the hidden states that are kept, at least 0; what does not fit is computed again
 *     each time that it is needed
 */
public record FrozenOptions(Precision precision, long cacheBytes) {}
