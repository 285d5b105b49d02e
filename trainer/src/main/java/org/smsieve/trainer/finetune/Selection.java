package org.smsieve.trainer.finetune;

/**
 * Which epoch's weights are kept.
 *
 * @param keepBest those of the epoch with the least validation loss, where there are validation messages; else the last
 * @param patience training ends after so many epochs without a lower validation loss; 0 for never
 */
public record Selection(boolean keepBest, int patience) {
    /** The last epoch's weights: the book's way. */
    public static final Selection LAST = new Selection(false, 0);

    /** Checks the range. */
    public Selection {
        FinetuneOptions.check("patience", patience, patience >= 0, "at least 0");
    }
}
