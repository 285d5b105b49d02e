package org.smsieve.trainer.finetune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.Tensor;
import org.smsieve.gpt2.Lora;

/** The weights of low-rank adapters, at the beginning and at the end of training. */
final class Adapters {
    private Adapters() {}

    /**
     * First factors uniform within the root of 1 / in, second ones zero, so that training begins at the base's own
     * outputs.
     *
     * @param lora null for no adapters
     */
    static Map<String, Tensor> initial(Lora lora, Gpt2Config config, long seed) {
        if (lora == null) {
            return Map.of();
        }
        Map<String, Tensor> adapters = new LinkedHashMap<>();
        lora.parameters(config).forEach((name, shape) -> {
            float[] values = new float[Math.toIntExact(shape.get(0) * shape.get(1))];
            if (name.endsWith("lora_a")) {
                double bound = 1 / Math.sqrt(shape.get(0));
                RandomGenerator random = RandomWeights.generator(name, seed);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextDouble(-bound, bound);
                }
            }
            adapters.put(name, new Tensor(values, new long[] {shape.get(0), shape.get(1)}));
        });
        return adapters;
    }

    /**
     * The base with its adapters merged into the weights beside them, which then compute the same alone.
     *
     * @param trained the adapters and all else that was trained
     */
    static Checkpoint merged(Checkpoint base, Map<String, Tensor> trained, Lora lora) {
        Map<String, Tensor> merged = new LinkedHashMap<>();
        for (String name : base.config().parameters().keySet()) {
            if (trained.containsKey(name)) {
                merged.put(name, trained.get(name));
            } else if (Lora.adapts(name)) {
                merged.put(name, merged(read(base, name), trained.get(Lora.a(name)), trained.get(Lora.b(name)), lora));
            }
        }
        return base.with(merged);
    }

    private static Tensor merged(Tensor weight, Tensor a, Tensor b, Lora lora) {
        int rank = lora.rank();
        int out = (int) weight.shape()[1];
        float[] values = weight.values().clone();
        for (int row = 0; row < weight.shape()[0]; row++) {
            for (int k = 0; k < rank; k++) {
                double factor = lora.scale() * a.values()[row * rank + k];
                for (int column = 0; column < out; column++) {
                    values[row * out + column] += (float) (factor * b.values()[k * out + column]);
                }
            }
        }
        return new Tensor(values, weight.shape());
    }

    private static Tensor read(Checkpoint base, String name) {
        try {
            return base.tensor(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
