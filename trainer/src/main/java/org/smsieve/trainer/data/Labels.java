package org.smsieve.trainer.data;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.smsieve.command.UserException;

/** The order of labels, and the integers that stand for them in files. */
final class Labels {
    /** The book's labels: 0 is ham, 1 is spam. */
    static final List<String> HAM_SPAM = List.of("ham", "spam");

    /** More are taken for a mistake, such as the text where the label should be. */
    private static final int MAX_LABELS = 100;

    private static final Pattern INTEGER = Pattern.compile("\\d{1,9}");

    private Labels() {}

    /** The different labels in order: alphabetical, so ham is before spam, or by number where all are integers. */
    static List<String> ordered(Collection<String> labels) {
        boolean numbers =
                labels.stream().allMatch(label -> INTEGER.matcher(label).matches());
        Comparator<String> order = numbers
                ? Comparator.comparingInt((String label) -> Integer.parseInt(label))
                        .thenComparing(Comparator.naturalOrder())
                : Comparator.naturalOrder();
        return labels.stream().distinct().sorted(order).toList();
    }

    /** Whether each label is written as the integer of one of {@code names}. */
    static boolean areIntegersFor(List<String> names, Set<String> labels) {
        Set<String> integers =
                IntStream.range(0, names.size()).mapToObj(Integer::toString).collect(Collectors.toSet());
        return integers.containsAll(labels);
    }

    /** The messages with names in place of integers. */
    static List<Example> named(List<Example> examples, List<String> names) {
        return examples.stream()
                .map(example -> new Example(names.get(Integer.parseInt(example.label())), example.text()))
                .toList();
    }

    /** The labels as a person should see them: not all of them if they are many or long. */
    static String shortened(Collection<String> labels) {
        String joined = String.join(", ", labels);
        return joined.length() <= 80 ? joined : joined.substring(0, 80) + "…";
    }

    /** Refuses what nothing can be learned from. */
    static void requireTwo(Dataset train) {
        Set<String> labels = train.examples().stream().map(Example::label).collect(Collectors.toSet());
        if (labels.size() < 2) {
            throw new UserException("data: " + train.source().name() + " has too few labels to learn from: "
                    + shortened(labels) + " (expected: messages of two labels or more); add messages");
        }
    }

    /** Refuses what looks like texts in the label's column. */
    static void requireFew(Collection<String> labels, String name) {
        if (labels.size() > MAX_LABELS) {
            throw new UserException("data: " + name + " has " + labels.size() + " different labels (expected: at most "
                    + MAX_LABELS + "); put the label into the first column, or name the columns label and text");
        }
    }
}
