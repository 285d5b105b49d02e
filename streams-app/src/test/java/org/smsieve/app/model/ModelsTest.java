package org.smsieve.app.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Gpt2Config;

class ModelsTest {
    /** GPT-2 small's shape. */
    private static final Gpt2Config GPT2 =
            new Gpt2Config(50_257, 1_024, 768, 12, 12, 3_072, 1e-5, List.of("ham", "spam"));

    /** By Hugging Face 124,439,808 parameters without a head; two rows of head; the largest tensor is wte. */
    private static final long NEEDED = 4L * (124_439_808 + 2 * 768 + 50_257 * 768);

    @Test
    void refusesAModelThatNeedsMoreThanIsAvailable() {
        assertThatThrownBy(() -> Models.checkMemory(GPT2, OptionalLong.of(NEEDED - 1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("needs 621 MiB of memory (expected: at most 621 MiB, which are available)");
        assertThatThrownBy(() -> Models.checkMemory(GPT2, OptionalLong.of(100 << 20)))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("needs 621 MiB of memory (expected: at most 100 MiB, which are available)");
    }

    @Test
    void takesOneThatFitsAndAnyWhereNobodyKnows() {
        assertThatCode(() -> Models.checkMemory(GPT2, OptionalLong.of(NEEDED))).doesNotThrowAnyException();
        assertThatCode(() -> Models.checkMemory(GPT2, OptionalLong.empty())).doesNotThrowAnyException();
    }
}
