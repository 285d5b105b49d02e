package org.smsieve.trainer.finetune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** How an epoch's messages are put into batches. */
public enum BatchOrder {
    /** Shuffled; an incomplete last batch is left out. The book's. */
    SHUFFLED("shuffled") {
        @Override
        List<List<LabelledTokens>> batches(List<LabelledTokens> messages, int size, Random random) {
            List<LabelledTokens> shuffled = new ArrayList<>(messages);
            Collections.shuffle(shuffled, random);
            List<List<LabelledTokens>> batches = slices(shuffled, size);
            if (batches.size() > 1 && batches.get(batches.size() - 1).size() < size) {
                batches.remove(batches.size() - 1);
            }
            return batches;
        }
    },
    /**
     * Shuffled, then sorted by length within every few batches, so that little is padding; the batches shuffled again.
     */
    BY_LENGTH("by length") {
        @Override
        List<List<LabelledTokens>> batches(List<LabelledTokens> messages, int size, Random random) {
            List<LabelledTokens> shuffled = new ArrayList<>(messages);
            Collections.shuffle(shuffled, random);
            List<List<LabelledTokens>> batches = new ArrayList<>();
            for (List<LabelledTokens> window : slices(shuffled, size * WINDOW)) {
                window.sort(Comparator.comparingInt(message -> message.tokens().length()));
                batches.addAll(slices(window, size));
            }
            Collections.shuffle(batches, random);
            return batches;
        }
    };

    /** Batches among which messages of like length are brought together: few enough to leave batches random. */
    private static final int WINDOW = 16;

    private final String label;

    BatchOrder(String label) {
        this.label = label;
    }

    /** The batches of one epoch, each of {@code size} messages but for the last ones. */
    abstract List<List<LabelledTokens>> batches(List<LabelledTokens> messages, int size, Random random);

    @Override
    public String toString() {
        return label;
    }

    private static List<List<LabelledTokens>> slices(List<LabelledTokens> messages, int size) {
        List<List<LabelledTokens>> slices = new ArrayList<>();
        for (int begin = 0; begin < messages.size(); begin += size) {
            slices.add(new ArrayList<>(messages.subList(begin, Math.min(begin + size, messages.size()))));
        }
        return slices;
    }
}
