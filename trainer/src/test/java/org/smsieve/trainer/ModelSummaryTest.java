package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smsieve.checkpoint.Gpt2Config;

/** Counts as published for GPT-2 small: 124,439,808 weights, of which a block has 7,087,872. */
class ModelSummaryTest {
    private static final Gpt2Config CLASSIFIER = Gpt2Config.gpt2().withLabels(List.of("ham", "spam"));

    @Test
    void foldsTheBlocksOfALanguageModel() {
        String summary = ModelSummary.of(Gpt2Config.gpt2(), Map.of());

        assertThat(summary.lines())
                .containsExactly(
                        "wte                        [50257, 768]      38,597,376",
                        "wpe                         [1024, 768]         786,432",
                        "h.0 … h.11 (12 blocks)                        7,087,872 each",
                        "  ln_1                            [768]           1,536",
                        "  attn.c_attn               [768, 2304]       1,771,776",
                        "  attn.c_proj                [768, 768]         590,592",
                        "  ln_2                            [768]           1,536",
                        "  mlp.c_fc                  [768, 3072]       2,362,368",
                        "  mlp.c_proj                [3072, 768]       2,360,064",
                        "ln_f                              [768]           1,536",
                        "124,439,808 weights, 497,759,232 bytes in fp32");
    }

    @Test
    void tellsTrainedLayersFromFrozenOnes() {
        Map<String, List<Long>> trained = new LinkedHashMap<>(CLASSIFIER.parameters());
        trained.keySet().removeIf(name -> !name.startsWith("h.11.") && !name.matches("(ln_f|score)\\..*"));

        String summary = ModelSummary.of(CLASSIFIER, trained);

        assertThat(summary.lines().filter(line -> !line.startsWith("  ")))
                .containsExactly(
                        "wte                        [50257, 768]      38,597,376       frozen",
                        "wpe                         [1024, 768]         786,432       frozen",
                        "h.0 … h.10 (11 blocks)                        7,087,872 each  frozen",
                        "h.11                                          7,087,872       trained",
                        "ln_f                              [768]           1,536       trained",
                        "score                          [2, 768]           1,536       trained",
                        "124,441,344 weights, 497,765,376 bytes in fp32; 7,090,944 trained (5.70 %), 28,363,776 bytes");
    }

    @Test
    void showsAdaptersBesideFrozenLayers() {
        Map<String, List<Long>> trained = new LinkedHashMap<>();
        for (int block = 0; block < 12; block++) {
            trained.put("h." + block + ".mlp.c_fc.lora_a", List.of(768L, 16L));
            trained.put("h." + block + ".mlp.c_fc.lora_b", List.of(16L, 3072L));
        }
        trained.put("score.weight", List.of(2L, 768L));

        String summary = ModelSummary.of(CLASSIFIER, trained);

        assertThat(summary.lines())
                .contains(
                        "h.0 … h.11 (12 blocks)                        7,149,312 each  61,440 trained",
                        "  mlp.c_fc                  [768, 3072]       2,362,368       frozen",
                        "  mlp.c_fc.lora_a             [768, 16]          12,288       trained",
                        "  mlp.c_fc.lora_b            [16, 3072]          49,152       trained",
                        "125,178,624 weights, 500,714,496 bytes in fp32; 738,816 trained (0.59 %), 2,955,264 bytes")
                .doesNotContain("h.11");
    }
}
