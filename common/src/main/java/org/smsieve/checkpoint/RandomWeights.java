package org.smsieve.checkpoint;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/**
 * GPT-2's initial weights: normal with a standard deviation of 0.02, divided by the root of twice the number of blocks
 * for the projections onto the residual stream; biases 0, LayerNorm weights 1.
 *
 * @see <a href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/gpt2/modeling_gpt2.py">
 *     GPT2PreTrainedModel._init_weights</a>
 */
public final class RandomWeights {
    private static final float STANDARD_DEVIATION = 0.02f;

    private RandomWeights() {}

    /** A model of the given shape with random weights; the same seed gives the same weights on every platform. */
    public static Checkpoint checkpoint(Gpt2Config config, long seed) {
        // In parallel, as each has a stream of its own: GPT-2 small takes about a second on one core.
        return Checkpoint.of(
                config,
                config.parameters().keySet().parallelStream()
                        .collect(Collectors.toMap(name -> name, name -> tensor(config, name, seed))));
    }

    /** What draws the tensor {@code name}: for a name and seed the same numbers on every platform. */
    public static RandomGenerator generator(String name, long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003 + name.hashCode());
    }

    /** One of a model's tensors, drawn from a stream of its own, so that it does not depend on the others' shapes. */
    static Tensor tensor(Gpt2Config config, String name, long seed) {
        long[] shape = config.parameters().get(name).stream()
                .mapToLong(Long::longValue)
                .toArray();
        float[] values = new float[Math.toIntExact(Tensor.elements(shape))];
        fill(name, values, config, generator(name, seed));
        return new Tensor(values, shape);
    }

    private static void fill(String name, float[] values, Gpt2Config config, RandomGenerator random) {
        if (name.contains("ln_")) {
            Arrays.fill(values, name.endsWith("weight") ? 1 : 0);
        } else if (name.endsWith("weight")) {
            double deviation = name.endsWith("c_proj.weight")
                    ? STANDARD_DEVIATION / Math.sqrt(2.0 * config.layers())
                    : STANDARD_DEVIATION;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextGaussian() * deviation);
            }
        }
    }
}
