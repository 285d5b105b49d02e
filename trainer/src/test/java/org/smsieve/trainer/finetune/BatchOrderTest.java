package org.smsieve.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.smsieve.text.Tokens;

class BatchOrderTest {
    @Test
    void leavesOutAnIncompleteBatchAsTheBookDoes() {
        assertThat(BatchOrder.SHUFFLED.batches(messages(1045), 8, new Random(1)))
                .hasSize(130)
                .allMatch(batch -> batch.size() == 8);
        assertThat(BatchOrder.SHUFFLED.batches(messages(3), 8, new Random(1))).hasSize(1);
    }

    @Test
    void keepsEveryMessageOnceByLength() {
        List<LabelledTokens> messages = messages(1000);

        List<List<LabelledTokens>> batches = BatchOrder.BY_LENGTH.batches(messages, 32, new Random(1));

        assertThat(batches.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(messages);
    }

    @Test
    void padsLessByLength() {
        List<LabelledTokens> messages = messages(1000);

        long shuffled = padded(BatchOrder.SHUFFLED.batches(messages, 32, new Random(1)));
        long byLength = padded(BatchOrder.BY_LENGTH.batches(messages, 32, new Random(1)));

        assertThat(byLength).isLessThan(shuffled * 3 / 4);
    }

    @Test
    void dependsOnTheSeedAlone() {
        for (BatchOrder order : BatchOrder.values()) {
            List<LabelledTokens> messages = messages(100);
            assertThat(order.batches(messages, 8, new Random(5))).isEqualTo(order.batches(messages, 8, new Random(5)));
            assertThat(order.batches(messages, 8, new Random(5)))
                    .isNotEqualTo(order.batches(messages, 8, new Random(6)));
        }
    }

    private static long padded(List<List<LabelledTokens>> batches) {
        return batches.stream()
                .mapToLong(batch -> (long) batch.size()
                        * batch.stream()
                                .mapToInt(message -> message.tokens().length())
                                .max()
                                .orElseThrow())
                .sum();
    }

    private static List<LabelledTokens> messages(int count) {
        Random random = new Random(2);
        List<LabelledTokens> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = random.ints(1 + random.nextInt(100), 0, 1000).toArray();
            messages.add(new LabelledTokens(Tokens.of(ids), 0));
        }
        return messages;
    }
}
