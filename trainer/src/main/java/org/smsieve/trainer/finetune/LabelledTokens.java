package org.smsieve.trainer.finetune;

import java.util.List;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import org.smsieve.trainer.data.Dataset;

/**
 * A message to learn from.
 *
 * @param tokens of its text
 * @param label the index of its label
 */
public record LabelledTokens(Tokens tokens, int label) {
    /** The messages of a data set, in its order. */
    public static List<LabelledTokens> of(Dataset dataset, Tokenizer tokenizer) {
        return dataset.examples().stream()
                .map(example -> new LabelledTokens(tokenizer.encode(example.text()), dataset.labelId(example)))
                .toList();
    }
}
