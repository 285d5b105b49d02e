package org.smsieve.trainer.finetune;

/**
 * How much of the training messages is changed at random, anew in each epoch.
 *
 * @param token share of tokens replaced by random ones, in [0, 1)
 * @param join share of messages joined with a random one of the first label, in [0, 1]
 * @param crop share of messages cut to a random run of at least half their tokens, in [0, 1]
 */
public record AugmentationShares(double token, double join, double crop) {
    /** Messages as they are. */
    public static final AugmentationShares NONE = new AugmentationShares(0, 0, 0);

    /** Checks the ranges. */
    public AugmentationShares {
        FinetuneOptions.check("token-dropout", token, token >= 0 && token < 1, "0 to less than 1");
        FinetuneOptions.check("join-share", join, join >= 0 && join <= 1, "0 to 1");
        FinetuneOptions.check("crop-share", crop, crop >= 0 && crop <= 1, "0 to 1");
    }
}
