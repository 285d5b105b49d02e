package org.smsieve.app.model;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.smsieve.app.config.AppConfig;
import org.smsieve.bundle.Bundle;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.Tensor;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Devices;
import org.smsieve.text.Tokenizer;

/**
 * Opens models: the one built in, which is a bundle among the resources, or a bundle's directory. Each is checked and
 * warmed up before anybody gets it.
 *
 * @param model the one that the settings name, and where models run
 * @param memory bytes that this process can still get; empty where nobody knows
 */
public record Models(AppConfig.Model model, Supplier<OptionalLong> memory) implements ModelLoader {
    private static final String BUILT_IN = "smsieve.json";
    private static final int WARM_UP_MESSAGES = 64;
    private static final String WARM_UP_TEXT = "Hi, are we still on for tonight? I can be there at eight or so.";

    /** Models in the memory that this machine has. */
    public Models(AppConfig.Model model) {
        this(model, AvailableMemory::bytes);
    }

    /** @throws UserException if the bundle cannot be opened */
    @Override
    public BatchClassifier configured() {
        Path directory = model.bundle().orElse(null);
        try {
            return directory == null ? openBuiltIn() : load(Bundle.open(directory));
        } catch (CheckpointException | IOException e) {
            String name = directory == null ? "the model built in" : "model: " + directory;
            String why = String.valueOf(e.getMessage());
            String told = directory + ": ";
            throw new UserException(
                    name + ": cannot be opened (" + (why.startsWith(told) ? why.substring(told.length()) : why) + ")",
                    e);
        }
    }

    @Override
    public BatchClassifier load(Bundle bundle) throws IOException {
        ComputeOptions compute = model.compute();
        if (!Devices.of(compute.device()).isGpu()) {
            checkMemory(bundle.checkpoint().config(), memory.get());
        }
        Gpt2Classifier classifier = Gpt2Classifier.open(bundle, compute);
        try {
            classifier.checkGoldenExamples();
            classifier.classify(
                    Collections.nCopies(WARM_UP_MESSAGES, Tokenizer.gpt2().encode(WARM_UP_TEXT)));
            return classifier;
        } catch (RuntimeException | Error e) {
            classifier.close();
            throw e;
        }
    }

    /** Weights in float32, and the largest tensor once more on its way from the file. */
    static void checkMemory(Gpt2Config config, OptionalLong available) {
        long weights = 0;
        long largest = 0;
        for (var shape : config.parameters().values()) {
            long elements =
                    Tensor.elements(shape.stream().mapToLong(Long::longValue).toArray());
            weights += elements;
            largest = Math.max(largest, elements);
        }
        long needed = Float.BYTES * (weights + largest);
        if (available.isPresent() && available.getAsLong() < needed) {
            throw new CheckpointException("needs " + (needed >> 20) + " MiB of memory (expected: at most "
                    + (available.getAsLong() >> 20) + " MiB, which are available)");
        }
    }

    private BatchClassifier openBuiltIn() throws IOException {
        try {
            URI manifest = Models.class.getResource(BUILT_IN).toURI();
            if (manifest.getScheme().equals("file")) {
                return load(Bundle.open(Path.of(manifest).getParent()));
            }
            try (FileSystem jar = FileSystems.newFileSystem(manifest, Map.of())) {
                Path directory = jar.provider().getPath(manifest).getParent();
                return load(Bundle.open(directory));
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
