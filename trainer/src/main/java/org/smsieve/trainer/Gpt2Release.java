package org.smsieve.trainer;

import java.util.List;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.text.Tokenizer;

/**
 * A GPT-2 that OpenAI published, as it stands at Hugging Face under {@code openai-community}.
 *
 * @param name the repository's name there
 * @param revision the commit
 * @param sha256 of {@code model.safetensors} at that commit
 * @param config its shape; the repository's {@code config.json} says the same
 */
record Gpt2Release(String name, String revision, String sha256, Gpt2Config config) {
    /** All of them, the smallest first. */
    static final List<Gpt2Release> ALL = List.of(
            new Gpt2Release(
                    "gpt2",
                    "607a30d783dfa663caf39e06633721c8d4cfcd7e",
                    "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
                    Gpt2Config.gpt2()),
            new Gpt2Release(
                    "gpt2-medium",
                    "6dcaa7a952f72f9298047fd5137cd6e4f05f41da",
                    "fc5a354a19255ad494f3d71549390baca1ccf61d1d822b9408971705c687c9cd",
                    config(1024, 24, 16)),
            new Gpt2Release(
                    "gpt2-large",
                    "32b71b12589c2f8d625668d2335a01cac3249519",
                    "5f47f3e12f91cd33b662ce7e433b6150ad5512b5884a2cee961b50e9c3bbebce",
                    config(1280, 36, 20)),
            new Gpt2Release(
                    "gpt2-xl",
                    "15ea56dee5df4983c59b2538573817e1667135e2",
                    "0f8b28eb05a8075f48b61b6f35332978c74fc7763fa9fb4051a1c30511736a6a",
                    config(1600, 48, 25)));

    private static final long MAX_HEADER_BYTES = 1 << 20;

    private static Gpt2Config config(int embed, int layers, int heads) {
        return new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 1024, embed, layers, heads, 4 * embed, 1e-5, List.of());
    }

    /** The repository at Hugging Face. */
    String repository() {
        return "openai-community/" + name;
    }

    /** The path of the weights at Hugging Face. */
    String path() {
        return "/" + repository() + "/resolve/" + revision + "/" + Checkpoint.WEIGHTS_FILE;
    }

    /** The most that the file can have: each weight and each block's attention mask in single precision. */
    long maxBytes() {
        long weights = config.parameters().values().stream()
                .mapToLong(shape -> shape.stream().reduce(1L, Math::multiplyExact))
                .sum();
        long masks = (long) config.layers() * config.context() * config.context();
        return Float.BYTES * (weights + masks) + MAX_HEADER_BYTES;
    }
}
