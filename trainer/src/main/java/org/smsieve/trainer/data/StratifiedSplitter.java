package org.smsieve.trainer.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.smsieve.command.UserException;

/**
 * Splits all messages so that each part has the classes in the proportions of the whole, and that exact copies of a
 * text stand in one part only.
 *
 * <p>The messages of one text are a group and stay together, also where their labels differ (all are kept; the group
 * then counts as one of its first message's label). For each label its groups are shuffled and, the greatest first,
 * each is given to the part that is emptiest relative to its target among those where it fits. So the targets, which
 * are the proportions rounded, are met exactly but for data that is mostly copies. Last, each part is shuffled.
 *
 * @param proportions per cent of each label's messages for each part
 * @param seed in [0, 4294967295]; the same seed and messages give the same parts
 * @param testTexts texts, quotes aside, whose messages all go to the test part, which is then filled up to its share.
 *     So several test sets can be kept from the training of one model
 */
public record StratifiedSplitter(Proportions proportions, long seed, Set<String> testTexts) implements Splitter {
    /** The seed if none is given, {@value}: the book's. */
    public static final long DEFAULT_SEED = 123;

    /** A split at random. */
    public StratifiedSplitter(Proportions proportions, long seed) {
        this(proportions, seed, Set.of());
    }

    /** @throws UserException if the seed is out of its range */
    public StratifiedSplitter {
        testTexts = Set.copyOf(testTexts);
        if (seed < 0 || seed > NumpyRandomState.MAX_SEED) {
            throw new UserException("seed: " + seed + " (expected: 0 to " + NumpyRandomState.MAX_SEED + ")");
        }
    }

    /** A split whose test part holds all messages with the texts of {@code test}, however they are quoted. */
    public static StratifiedSplitter withTestRows(Proportions proportions, long seed, Dataset test) {
        return new StratifiedSplitter(
                proportions,
                seed,
                test.examples().stream()
                        .map(example -> withoutQuotes(example.text()))
                        .collect(Collectors.toSet()));
    }

    /** Readers differ in what they take for a quote that is not part of the text. */
    private static String withoutQuotes(String text) {
        return text.replace("\"", "");
    }

    @Override
    public Dataset read(Path file, BadRows badRows) {
        return LabelledFile.read(file, badRows);
    }

    @Override
    public Split split(Dataset dataset) {
        Labels.requireTwo(dataset);
        NumpyRandomState random = new NumpyRandomState(seed);
        List<Share> parts = List.of(new Share(), new Share(), new Share());
        Map<String, List<List<Example>>> strata = strata(dataset);
        for (String label : dataset.labels()) {
            List<List<Example>> groups = strata.getOrDefault(label, List.of());
            if (groups.size() < proportions.parts()) {
                throw tooFew(label, dataset);
            }
            distribute(random.shuffled(groups), parts);
        }
        List<Dataset> shuffled = parts.stream()
                .map(part -> dataset.with(random.shuffled(part.examples)))
                .toList();
        shuffled.get(0).counts().forEach((label, count) -> {
            if (count == 0) {
                throw tooFew(label, dataset);
            }
        });
        return new Split(shuffled.get(0), shuffled.get(1), shuffled.get(2));
    }

    private static UserException tooFew(String label, Dataset dataset) {
        return new UserException("data: " + dataset.source().name() + " has too few different texts labelled " + label
                + " (expected: enough for each part to get one); add messages, or if " + label
                + " is a column's heading, name the columns label and text");
    }

    /** For each label the groups whose first message has it. */
    private static Map<String, List<List<Example>>> strata(Dataset dataset) {
        Map<String, List<Example>> groups = new LinkedHashMap<>();
        for (Example example : dataset.examples()) {
            groups.computeIfAbsent(example.text(), text -> new ArrayList<>()).add(example);
        }
        Map<String, List<List<Example>>> strata = new LinkedHashMap<>();
        for (List<Example> group : groups.values()) {
            strata.computeIfAbsent(group.get(0).label(), label -> new ArrayList<>())
                    .add(group);
        }
        return strata;
    }

    private void distribute(List<List<Example>> groups, List<Share> parts) {
        setTargets(groups.stream().mapToInt(Collection::size).sum(), parts);
        List<List<Example>> greatestFirst = groups.stream()
                .sorted(Comparator.comparingInt((List<Example> group) -> group.size())
                        .reversed())
                .toList();
        Share test = parts.get(2);
        greatestFirst.stream().filter(this::isTest).forEach(test::add);
        for (List<Example> group : greatestFirst) {
            if (isTest(group)) {
                continue;
            }
            parts.stream()
                    .filter(part -> part.room >= group.size())
                    .max(Comparator.comparingDouble(Share::relativeRoom))
                    .or(() -> parts.stream().max(Comparator.comparingInt(part -> part.room)))
                    .orElseThrow()
                    .add(group);
        }
    }

    private boolean isTest(List<Example> group) {
        return testTexts.contains(withoutQuotes(group.get(0).text()));
    }

    /** The proportions of n messages, rounded; a part that is to have any gets one at least. */
    private void setTargets(int n, List<Share> parts) {
        int reserved = Integer.signum(proportions.test());
        int validation = share(n, proportions.validation(), n - 1 - reserved);
        int test = share(n, proportions.test(), n - 1 - validation);
        parts.get(0).setTarget(n - validation - test);
        parts.get(1).setTarget(validation);
        parts.get(2).setTarget(test);
    }

    private static int share(int n, int percent, int most) {
        int rounded = Math.toIntExact((2L * n * percent + 100) / 200);
        return Math.min(Math.max(rounded, Integer.signum(percent)), most);
    }

    /** A part being filled, label by label. */
    private static final class Share {
        private final List<Example> examples = new ArrayList<>();
        private int target;
        private int room;

        /** Starts a label: {@code messages} of it are wanted here. */
        void setTarget(int messages) {
            target = messages;
            room = messages;
        }

        void add(List<Example> group) {
            examples.addAll(group);
            room -= group.size();
        }

        /** How much of the target is still missing, 0 to 1. */
        double relativeRoom() {
            return target == 0 ? 0 : (double) room / target;
        }
    }
}
