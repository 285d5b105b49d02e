package org.smsieve.gpt2;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.command.UserException;

/**
 * Low-rank adapters: beside each linear layer of each block, {@code [in, out]}, stand two factors {@code a},
 * {@code [in, rank]}, and {@code b}, {@code [rank, out]}; the layer computes with its weights plus {@code alpha / rank}
 * times {@code a b}. The factors alone are trained, then merged into the weights.
 *
 * @param rank at least 1
 * @param alpha over 0
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al. 2021</a>
 */
public record Lora(int rank, double alpha) {
    private static final List<String> LAYERS = List.of("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj");

    /** Checks the ranges. */
    public Lora {
        if (rank < 1) {
            throw new UserException("lora-rank: " + rank + " (expected: at least 1)");
        }
        if (!(alpha > 0 && Double.isFinite(alpha))) {
            throw new UserException("lora-alpha: " + alpha + " (expected: a number over 0)");
        }
    }

    /** What the product of the factors is multiplied by. */
    public double scale() {
        return alpha / rank;
    }

    /** The factors of a model and their shapes: for {@code h.0.mlp.c_fc.weight} those of {@link #a} and {@link #b}. */
    public Map<String, List<Long>> parameters(Gpt2Config config) {
        Map<String, List<Long>> parameters = new LinkedHashMap<>();
        for (int block = 0; block < config.layers(); block++) {
            Map<String, List<Long>> weights = config.blockParameters(block);
            for (String layer : LAYERS) {
                String weight = "h." + block + "." + layer + ".weight";
                List<Long> shape = weights.get(weight);
                parameters.put(a(weight), List.of(shape.get(0), (long) rank));
                parameters.put(b(weight), List.of((long) rank, shape.get(1)));
            }
        }
        return parameters;
    }

    /** The name of the first factor beside the weights {@code weight}. */
    public static String a(String weight) {
        return weight.replaceFirst("weight$", "lora_a");
    }

    /** The name of the second factor beside the weights {@code weight}. */
    public static String b(String weight) {
        return weight.replaceFirst("weight$", "lora_b");
    }

    /** Whether beside the tensor {@code name}, one of {@link Gpt2Config#parameters()}, there are factors. */
    public static boolean adapts(String name) {
        return LAYERS.stream().anyMatch(layer -> name.endsWith("." + layer + ".weight"));
    }
}
