package org.smsieve.trainer.data;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.smsieve.bundle.Sha256;

/**
 * Labelled messages in order. Immutable.
 *
 * @param source where they were read from; the parts of a split keep the source of the whole
 * @param labels the names of the classes; a label's place here is its integer for the model ({@code ham} 0,
 *     {@code spam} 1). The parts of a split have all labels of the whole, whether or not they have messages of each
 * @param examples the messages, each with one of {@code labels}
 */
public record Dataset(Source source, List<String> labels, List<Example> examples) {
    /** @throws IllegalArgumentException if a message has a label that is none of {@code labels} */
    public Dataset {
        Objects.requireNonNull(source, "source");
        labels = List.copyOf(labels);
        examples = List.copyOf(examples);
        for (Example example : examples) {
            if (!labels.contains(example.label())) {
                throw new IllegalArgumentException(example.label() + " is none of " + labels);
            }
        }
    }

    /** How many messages there are. */
    public int size() {
        return examples.size();
    }

    /** The integer that stands for the message's label, in [0, number of labels). */
    public int labelId(Example example) {
        return labels.indexOf(example.label());
    }

    /** How many messages there are of each label, in the order of {@link #labels}, 0 for a label without any. */
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        labels.forEach(label -> counts.put(label, 0));
        examples.forEach(example -> counts.merge(example.label(), 1, Integer::sum));
        return Collections.unmodifiableMap(counts);
    }

    /** How many messages repeat, character by character, the text of an earlier one. */
    public int copies() {
        return size() - texts().size();
    }

    /** How many different texts stand with more than one label. */
    public int contradictions() {
        return new HashSet<>(examples).size() - texts().size();
    }

    /** These messages without those whose exact text stands in {@code other}: what its reader has not seen. */
    public Dataset withoutCopiesOf(Dataset other) {
        Set<String> seen = other.texts();
        return with(examples.stream()
                .filter(example -> !seen.contains(example.text()))
                .toList());
    }

    /**
     * A checksum of the messages and their labels in any order: equal for the same rows, whatever file and split they
     * came from.
     */
    public String rowsSha256() {
        return Sha256.of(examples.stream()
                .map(example -> Sha256.of((example.label() + "\t" + example.text()).getBytes(StandardCharsets.UTF_8)))
                .sorted()
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
    }

    /** Other messages of the same source and labels. */
    Dataset with(Collection<Example> others) {
        return new Dataset(source, labels, List.copyOf(others));
    }

    private Set<String> texts() {
        return examples.stream().map(Example::text).collect(Collectors.toSet());
    }
}
