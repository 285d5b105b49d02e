package org.smsieve.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.BundleWriter;
import org.smsieve.bundle.Manifest;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Pooling;
import picocli.CommandLine.Option;

/** The model to measure, as {@code --model} names it. */
final class BenchmarkModel {
    private static final List<String> LABELS = List.of("ham", "spam");
    private static final long SEED = 1;

    @Option(
            names = "--model",
            paramLabel = "DIR|NAME",
            defaultValue = "mini",
            description = "A bundle, or random weights: mini (the default, the built-in model's shape), random:gpt2.")
    private String name;

    /** Whether its weights are made, and so are in no directory. */
    boolean isRandom() {
        return name.equals("mini") || name.equals("random:gpt2");
    }

    /**
     * Opens it.
     *
     * @throws UserException if there is no such model
     */
    Bundle open() throws IOException {
        try {
            return switch (name) {
                case "mini" -> random(Gpt2Config.mini());
                case "random:gpt2" -> random(Gpt2Config.gpt2());
                default -> Bundle.open(Path.of(name));
            };
        } catch (CheckpointException e) {
            throw new UserException("--model: " + e.getMessage(), e);
        }
    }

    /**
     * Its directory.
     *
     * @param bundle the model, opened
     * @param temporary where it is written if it is in no directory yet
     */
    Path directory(Bundle bundle, Path temporary) throws IOException {
        if (!isRandom()) {
            return Path.of(name).toAbsolutePath();
        }
        try (BundleWriter writer = BundleWriter.begin(temporary)) {
            Manifest manifest = bundle.manifest();
            writer.commit(bundle.checkpoint(), TensorType.F32, files -> withFiles(manifest, files));
        }
        return temporary;
    }

    private Bundle random(Gpt2Config config) {
        Manifest manifest = Manifest.of(name.replace(':', '-'), "random", LABELS, Pooling.LAST_TOKEN, config.context());
        return new Bundle(manifest, RandomWeights.checkpoint(config.withLabels(LABELS), SEED));
    }

    private static Manifest withFiles(Manifest manifest, Map<String, String> files) {
        return new Manifest(
                manifest.name(),
                manifest.version(),
                manifest.created(),
                manifest.labels(),
                manifest.pooling(),
                manifest.maxTokens(),
                manifest.decisionThreshold(),
                manifest.precision(),
                manifest.base(),
                manifest.data(),
                SEED,
                manifest.hyperParameters(),
                manifest.metrics(),
                files,
                manifest.goldenExamples());
    }
}
