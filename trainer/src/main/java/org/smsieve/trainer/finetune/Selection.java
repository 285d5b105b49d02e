package org.smsieve.trainer.finetune;

/**
 * Which epoch's weights are kept.
 *
 * @param kept the last epoch, or the best where there are validation messages to tell
 * @param patience training ends after so many epochs without a lower validation loss; 0 for never
 */
public record Selection(Kept kept, int patience) {
    /** An epoch. */
    public enum Kept {
        /** That of the least validation loss. */
        BEST("best"),
        /** The last: the book's way. */
        LAST("last");

        private final String label;

        Kept(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** The last epoch's weights, after all epochs. */
    public static final Selection LAST = new Selection(Kept.LAST, 0);

    /** Checks the range. */
    public Selection {
        FinetuneOptions.check("patience", patience, patience >= 0, "at least 0");
    }
}
