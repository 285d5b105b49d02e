package org.smsieve.trainer.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.smsieve.text.Tokens;

/** Changes messages at random, anew in each epoch, in ways that leave their label right. */
final class Augmentation {
    private static final int SHORTEST_TO_CROP = 8;

    private final FinetuneOptions options;
    private final List<LabelledTokens> messages;
    private final List<LabelledTokens> firstLabel;
    private final int vocabularySize;
    private final Random random;

    Augmentation(FinetuneOptions options, List<LabelledTokens> messages, int vocabularySize, Random random) {
        this.options = options;
        this.messages = messages;
        this.firstLabel = messages.stream().filter(m -> m.label() == 0).toList();
        this.vocabularySize = vocabularySize;
        this.random = random;
    }

    /** The messages of one epoch. */
    List<LabelledTokens> epoch() {
        if (options.augmentation().crop() == 0
                && options.augmentation().join() == 0
                && options.augmentation().token() == 0) {
            return messages;
        }
        List<LabelledTokens> changed = new ArrayList<>(messages.size());
        for (LabelledTokens message : messages) {
            int[] ids = joined(cropped(message.tokens().toArray()));
            dropTokens(ids);
            changed.add(new LabelledTokens(Tokens.of(ids), message.label()));
        }
        return changed;
    }

    /** What spam is said in half a message is spam still. */
    private int[] cropped(int[] ids) {
        if (ids.length < SHORTEST_TO_CROP
                || random.nextDouble() >= options.augmentation().crop()) {
            return ids;
        }
        int length = ids.length / 2 + random.nextInt(ids.length - ids.length / 2);
        int begin = random.nextInt(ids.length - length + 1);
        return Arrays.copyOfRange(ids, begin, begin + length);
    }

    /** The first label is the harmless one (ham): joined to another message, it does not change that one's label. */
    private int[] joined(int[] ids) {
        if (firstLabel.isEmpty()
                || random.nextDouble() >= options.augmentation().join()) {
            return ids;
        }
        int[] other = firstLabel.get(random.nextInt(firstLabel.size())).tokens().toArray();
        boolean after = random.nextBoolean();
        return IntStream.concat(Arrays.stream(after ? ids : other), Arrays.stream(after ? other : ids))
                .limit(options.maxTokens())
                .toArray();
    }

    /** Random tokens rather than a fixed one: so those that no message has learn to say nothing. */
    private void dropTokens(int[] ids) {
        for (int i = 0; i < ids.length; i++) {
            if (random.nextDouble() < options.augmentation().token()) {
                ids[i] = random.nextInt(vocabularySize);
            }
        }
    }
}
