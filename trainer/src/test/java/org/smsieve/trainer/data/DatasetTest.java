package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.smsieve.trainer.data.Fixtures.dataset;
import static org.smsieve.trainer.data.Fixtures.ham;
import static org.smsieve.trainer.data.Fixtures.spam;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatasetTest {
    private static final Source SOURCE = new Source("test.tsv", "0".repeat(64));

    @Test
    void countsEachLabelInTheLabelsOrder() {
        Dataset dataset = new Dataset(SOURCE, List.of("ham", "spam", "promo"), List.of(spam("a"), ham("b"), ham("c")));

        assertThat(dataset.counts()).containsExactly(Map.entry("ham", 2), Map.entry("spam", 1), Map.entry("promo", 0));
        assertThat(dataset.labelId(spam("a"))).isEqualTo(1);
    }

    @Test
    void countsCopiesAndContradictions() {
        Dataset dataset = dataset(List.of(ham("a"), ham("a"), spam("a"), spam("b"), ham("A")));

        assertThat(dataset.copies()).isEqualTo(2);
        assertThat(dataset.contradictions()).isEqualTo(1);
    }

    @Test
    void dropsWhatAnotherDataSetHolds() {
        Dataset test = dataset(List.of(ham("a"), spam("b"), ham("c"), spam("b")));
        Dataset train = dataset(List.of(ham("b"), spam("C")));

        Dataset unseen = test.withoutCopiesOf(train);

        assertThat(unseen.examples()).containsExactly(ham("a"), ham("c"));
        assertThat(unseen.labels()).isEqualTo(test.labels());
    }

    @Test
    void refusesAMessageOfAnotherLabel() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Dataset(SOURCE, List.of("ham"), List.of(spam("a"))))
                .withMessageContaining("spam");
    }
}
