package org.smsieve.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.gpt2.Pooling;
import org.smsieve.text.Tokenizer;

/**
 * Bundles of a GPT-2 with random weights that loads in no time, sound in every detail.
 *
 * @param name the model's
 * @param version the model's
 * @param seed of the weights
 * @param labels the model's
 * @param metrics what it says of itself
 * @param shape of the model
 */
public record TinyBundle(
        String name, String version, long seed, List<String> labels, Map<String, Object> metrics, Gpt2Config shape) {
    private static final Gpt2Config TINY = new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 64, 8, 1, 2, 16, 1e-5, List.of());
    private static final List<String> TEXTS = List.of("see you at eight", "WIN a prize, text 80082 now", "");

    public static TinyBundle of(String name, String version, long seed) {
        return new TinyBundle(name, version, seed, List.of("ham", "spam"), Map.of(), TINY);
    }

    public TinyBundle withLabels(String... others) {
        return new TinyBundle(name, version, seed, List.of(others), metrics, shape);
    }

    public TinyBundle withMetrics(Map<String, Object> others) {
        return new TinyBundle(name, version, seed, labels, others, shape);
    }

    /** One of 27 MB, as large as the model built in. */
    public TinyBundle ofMiniSize() {
        return new TinyBundle(name, version, seed, labels, metrics, Gpt2Config.mini());
    }

    /** Writes it to a new directory. */
    public Path write(Path directory) throws IOException {
        return write(directory, true);
    }

    /** Writes one whose golden examples are not what it computes. */
    public Path writeWithWrongLogits(Path directory) throws IOException {
        return write(directory, false);
    }

    private Path write(Path directory, boolean sound) throws IOException {
        Checkpoint checkpoint = RandomWeights.checkpoint(shape.withLabels(labels), seed);
        List<GoldenExample> golden = new ArrayList<>();
        Bundle unwritten = new Bundle(manifest(Map.of(), List.of()), checkpoint);
        try (Gpt2Classifier classifier = Gpt2Classifier.open(unwritten, new ComputeOptions("cpu", "fp32"))) {
            for (String text : TEXTS) {
                List<Double> logits = new ArrayList<>();
                for (float logit : classifier.logits(Tokenizer.gpt2().encode(text))) {
                    logits.add(sound ? logit : logit + 1.0);
                }
                golden.add(new GoldenExample(text, logits));
            }
        }
        try (BundleWriter writer = BundleWriter.begin(directory)) {
            Files.writeString(writer.directory().resolve(Bundle.CARD_FILE), "# " + name + " " + version + "\n");
            writer.commit(checkpoint, TensorType.F32, files -> manifest(files, golden));
        }
        return directory;
    }

    private Manifest manifest(Map<String, String> files, List<GoldenExample> golden) {
        Instant created = Instant.ofEpochSecond(1_600_000_000 + seed);
        return new Manifest(
                name,
                version,
                created,
                labels,
                Pooling.LAST_TOKEN,
                64,
                null,
                "fp32",
                null,
                null,
                seed,
                Map.of(),
                metrics,
                files,
                golden);
    }
}
