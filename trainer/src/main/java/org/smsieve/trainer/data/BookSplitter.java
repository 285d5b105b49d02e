package org.smsieve.trainer.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.smsieve.command.UserException;

/**
 * The split of chapter 6 of "Build a Large Language Model (From Scratch)", the same rows in the same order: the file
 * read as pandas does, ham undersampled to as many messages as there are of spam, everything shuffled, cut into 70, 10
 * and 20 per cent. The seed is the book's. Exact copies may stand on both sides; {@link Dataset#withoutCopiesOf} takes
 * them out.
 */
public record BookSplitter() implements Splitter {
    private static final int SEED = 123;

    @Override
    public Dataset read(Path file, BadRows badRows) {
        return LabelledFile.readAsBook(file, badRows);
    }

    @Override
    public Split split(Dataset dataset) {
        String name = dataset.source().name();
        if (!dataset.labels().equals(Labels.HAM_SPAM)) {
            throw new UserException("data: " + name + " has labels " + Labels.shortened(dataset.labels())
                    + " (expected: ham and spam, for the book's split); leave out --as-book");
        }
        List<Example> ham = labelled("ham", dataset);
        List<Example> spam = labelled("spam", dataset);
        if (ham.size() < spam.size()) {
            throw new UserException("data: " + name + " has " + ham.size() + " ham and " + spam.size()
                    + " spam (expected: no more spam than ham, for the book's split); leave out --as-book");
        }
        List<Example> balanced = new ArrayList<>(sample(ham, spam.size()));
        balanced.addAll(spam);
        List<Example> shuffled = sample(balanced, balanced.size());

        // As int(n * 0.7) and int(n * 0.1) in Python: the test part takes what rounding leaves.
        int trainEnd = (int) (shuffled.size() * 0.7);
        int validationEnd = trainEnd + (int) (shuffled.size() * 0.1);
        Dataset train = dataset.with(shuffled.subList(0, trainEnd));
        Labels.requireTwo(train);
        return new Split(
                train,
                dataset.with(shuffled.subList(trainEnd, validationEnd)),
                dataset.with(shuffled.subList(validationEnd, shuffled.size())));
    }

    private static List<Example> labelled(String label, Dataset dataset) {
        return dataset.examples().stream()
                .filter(example -> example.label().equals(label))
                .toList();
    }

    /** {@code DataFrame.sample(n, random_state=123)}: each call starts the generator anew. */
    private static List<Example> sample(List<Example> examples, int n) {
        return new NumpyRandomState(SEED).shuffled(examples).subList(0, n);
    }
}
