package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.smsieve.trainer.data.Fixtures.dataset;
import static org.smsieve.trainer.data.Fixtures.ham;
import static org.smsieve.trainer.data.Fixtures.many;
import static org.smsieve.trainer.data.Fixtures.spam;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smsieve.command.UserException;

class StratifiedSplitterTest {
    private final StratifiedSplitter splitter = new StratifiedSplitter(Proportions.DEFAULT, 123);

    @Test
    void cutsEachLabelInTheProportions() {
        Split split = splitter.split(dataset(many(1000, "ham"), many(155, "spam"), many(20, "promo")));

        assertThat(split.train().counts())
                .containsOnly(Map.entry("ham", 700), Map.entry("promo", 14), Map.entry("spam", 108));
        assertThat(split.validation().counts())
                .containsOnly(Map.entry("ham", 100), Map.entry("promo", 2), Map.entry("spam", 16));
        assertThat(split.test().counts())
                .containsOnly(Map.entry("ham", 200), Map.entry("promo", 4), Map.entry("spam", 31));
    }

    @Test
    void keepsEveryMessageOnce() {
        Dataset dataset = withCopies();

        Split split = splitter.split(dataset);

        assertThat(Stream.of(split.train(), split.validation(), split.test()).flatMap(part -> part.examples().stream()))
                .containsExactlyInAnyOrderElementsOf(dataset.examples());
    }

    @Test
    void keepsCopiesOnOneSideAndTheProportions() {
        Split split = splitter.split(withCopies());

        assertThat(texts(split.train())).doesNotContainAnyElementsOf(texts(split.validation()));
        assertThat(texts(split.train())).doesNotContainAnyElementsOf(texts(split.test()));
        assertThat(texts(split.validation())).doesNotContainAnyElementsOf(texts(split.test()));
        assertThat(split.train().counts()).containsOnly(Map.entry("ham", 140), Map.entry("spam", 70));
        assertThat(split.test().counts()).containsOnly(Map.entry("ham", 40), Map.entry("spam", 20));
        assertThat(split.test().copies())
                .as("copies are not all given to training")
                .isPositive();
    }

    @Test
    void keepsATextOfTwoLabelsOnOneSide() {
        List<Example> both = List.of(ham("both"), spam("both"));

        Split split = splitter.split(dataset(many(10, "ham"), many(10, "spam"), both));

        assertThat(Stream.of(split.train(), split.validation(), split.test())
                        .filter(part -> part.examples().containsAll(both)))
                .hasSize(1);
    }

    @Test
    void givesTheSamePartsForTheSameSeedAlone() {
        Dataset dataset = withCopies();

        Split split = splitter.split(dataset);

        assertThat(splitter.split(dataset)).isEqualTo(split);
        assertThat(new StratifiedSplitter(Proportions.DEFAULT, 124).split(dataset))
                .isNotEqualTo(split);
    }

    /**
     * The algorithm is documented and must not change by chance: bundles' figures belong to a split. The rows were made
     * with numpy.
     */
    @Test
    void staysTheSameFromVersionToVersion() {
        Split split = splitter.split(dataset(many(10, "ham"), many(5, "spam")));

        assertThat(split.test().examples()).containsExactly(ham("ham 1"), spam("spam 4"), ham("ham 7"));
        assertThat(split.validation().examples()).containsExactly(spam("spam 3"), ham("ham 0"));
        assertThat(split.train().examples()).startsWith(ham("ham 6"), spam("spam 2"), ham("ham 9"), ham("ham 8"));
    }

    @Test
    void keepsTheTestRowsAskedForOutOfTraining() {
        Dataset wanted = dataset(List.of(ham("\"often\"")), List.of(ham("twice 3"), spam("not there")));

        Split split =
                StratifiedSplitter.withTestRows(Proportions.DEFAULT, 1, wanted).split(withCopies());

        List<Example> test = split.test().examples();
        assertThat(test).contains(ham("often"), ham("twice 3"));
        assertThat(split.train().examples()).doesNotContain(ham("often"), ham("twice 3"));
        assertThat(split.validation().examples()).doesNotContain(ham("often"), ham("twice 3"));
        assertThat(test.size())
                .isEqualTo(new StratifiedSplitter(Proportions.DEFAULT, 1)
                        .split(withCopies())
                        .test()
                        .size());
    }

    @Test
    void leavesOutAPartOfZeroPerCent() {
        Split split = new StratifiedSplitter(new Proportions(80, 0, 20), 1).split(withCopies());

        assertThat(split.validation().size()).isZero();
        assertThat(split.train().size()).isEqualTo(240);
        assertThat(split.test().size()).isEqualTo(60);
    }

    @ParameterizedTest
    @CsvSource({"3, 70, 10, 20", "3, 10, 10, 80", "3, 1, 1, 98", "3, 98, 1, 1", "4, 1, 98, 1", "5, 34, 33, 33"})
    void givesEachPartAMessageOfEachLabel(int n, int train, int validation, int test) {
        Split split = new StratifiedSplitter(new Proportions(train, validation, test), 1)
                .split(dataset(many(n, "ham"), many(n, "spam")));

        assertThat(List.of(split.train(), split.validation(), split.test()))
                .allSatisfy(part -> assertThat(part.counts().values()).allMatch(count -> count > 0));
    }

    @Test
    void refusesOneLabel() {
        refuses(dataset(many(9, "ham")), "too few labels to learn from: ham");
    }

    @Test
    void refusesTooFewTextsOfALabel() {
        refuses(dataset(many(9, "ham"), many(2, "spam")), "too few different texts labelled spam");
        refuses(dataset(many(9, "ham"), Collections.nCopies(9, spam("same"))), "too few different texts labelled spam");
    }

    @Test
    void refusesToLeaveTrainingWithoutALabel() {
        List<Example> copies = new ArrayList<>();
        many(3, "spam").forEach(example -> copies.addAll(Collections.nCopies(5, example)));
        StratifiedSplitter mostlyTest = new StratifiedSplitter(new Proportions(10, 10, 80), 1);

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> mostlyTest.split(dataset(many(15, "ham"), copies)))
                .withMessageContaining("labelled spam");
    }

    @Test
    void refusesASeedOutOfRange() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> new StratifiedSplitter(Proportions.DEFAULT, -1))
                .withMessage("seed: -1 (expected: 0 to 4294967295)");
    }

    private void refuses(Dataset dataset, String reason) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> splitter.split(dataset))
                .withMessageContaining(reason);
    }

    /** 200 ham and 100 spam, in groups of up to 12 copies. */
    private static Dataset withCopies() {
        List<Example> copies = new ArrayList<>(Collections.nCopies(12, ham("often")));
        for (int i = 0; i < 30; i++) {
            copies.addAll(Collections.nCopies(2, ham("twice " + i)));
            copies.add(spam("spam " + i));
        }
        return dataset(copies, many(128, "ham"), many(70, "spam"));
    }

    private static Set<String> texts(Dataset part) {
        return part.examples().stream().map(Example::text).collect(Collectors.toSet());
    }
}
