package org.smsieve.bundle;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.gpt2.Pooling;
import org.smsieve.json.ForeignJson;
import org.smsieve.text.Tokenizer;

/**
 * A finetuned classifier: a Hugging Face {@code GPT2ForSequenceClassification} checkpoint with a {@link Manifest}.
 *
 * @param manifest what is known of the model
 * @param checkpoint its configuration and weights
 */
public record Bundle(Manifest manifest, Checkpoint checkpoint) {
    /** The name of the file that holds the manifest. */
    public static final String MANIFEST_FILE = "smsieve.json";

    /** The name of the file that holds the model card. */
    public static final String CARD_FILE = "README.md";

    /** The largest manifest that is read, in bytes. */
    public static final long MAX_MANIFEST_BYTES = 1 << 22;

    static final JsonMapper JSON = ForeignJson.mapper()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** Checks that manifest and checkpoint are of the same model, and that it reads GPT-2's tokens. */
    public Bundle {
        Gpt2Config config = checkpoint.config();
        if (config.labels().isEmpty()) {
            throw new CheckpointException("architectures: (expected: GPT2ForSequenceClassification, with labels)");
        }
        if (config.vocabularySize() != Tokenizer.VOCABULARY_SIZE) {
            throw new CheckpointException("vocab_size: " + config.vocabularySize() + " (expected: "
                    + Tokenizer.VOCABULARY_SIZE + ", GPT-2's tokeniser)");
        }
        if (!config.labels().equals(manifest.labels())) {
            throw new CheckpointException("labels: " + manifest.labels() + " (expected: " + config.labels() + ", as in "
                    + Checkpoint.CONFIG_FILE + ")");
        }
        if (manifest.maxTokens() > config.context()) {
            throw new CheckpointException("maxTokens: " + manifest.maxTokens() + " (expected: at most "
                    + config.context() + ", the model's context)");
        }
    }

    /**
     * Opens a bundle's directory and checks the checksum of every file that its manifest names. A Hugging Face
     * checkpoint without a manifest is served under the directory's name and the first digits of its weights' checksum.
     *
     * @throws CheckpointException if the bundle is not whole and sound: the message names the file and the fault
     * @throws IOException if a file cannot be read
     */
    public static Bundle open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CheckpointException(directory + ": no such directory (expected: a bundle)");
        }
        Path file = directory.resolve(MANIFEST_FILE);
        try {
            if (!Files.exists(file)) {
                Checkpoint checkpoint = Checkpoint.open(directory);
                return new Bundle(defaultManifest(directory, checkpoint.config()), checkpoint);
            }
            Manifest manifest = readManifest(file);
            checkFiles(directory, manifest.files());
            return new Bundle(manifest, Checkpoint.open(directory));
        } catch (CheckpointException e) {
            throw e.getMessage().startsWith(directory.toString())
                    ? e
                    : new CheckpointException(directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a manifest alone.
     *
     * @throws CheckpointException if it is not one
     * @throws IOException if it cannot be read
     */
    public static Manifest readManifest(Path file) throws IOException {
        if (Files.size(file) > MAX_MANIFEST_BYTES) {
            throw new CheckpointException(
                    file + ": length: " + Files.size(file) + " bytes (expected: at most " + MAX_MANIFEST_BYTES + ")");
        }
        try {
            Manifest manifest = JSON.readValue(Files.readAllBytes(file), Manifest.class);
            if (manifest == null) {
                throw new CheckpointException(file + ": null (expected: a JSON object)");
            }
            return manifest;
        } catch (JacksonException e) {
            Throwable cause = e.getCause() instanceof CheckpointException ? e.getCause() : e;
            String message = cause instanceof JacksonException json ? json.getOriginalMessage() : cause.getMessage();
            throw new CheckpointException(file + ": " + message, e);
        }
    }

    private static void checkFiles(Path directory, Map<String, String> files) throws IOException {
        for (String needed : List.of(Checkpoint.CONFIG_FILE, Checkpoint.WEIGHTS_FILE)) {
            if (!files.containsKey(needed)) {
                throw new CheckpointException("files: " + needed + ": missing (expected: its sha256)");
            }
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            if (!Files.isRegularFile(path)) {
                throw new CheckpointException(path + ": no such file, but named in " + MANIFEST_FILE);
            }
            String found = Sha256.of(path);
            if (!found.equals(file.getValue())) {
                throw new CheckpointException(
                        path + ": sha256 " + found + " (expected: " + file.getValue() + "; damaged or changed)");
            }
        }
    }

    private static Manifest defaultManifest(Path directory, Gpt2Config config) throws IOException {
        String name =
                directory.toAbsolutePath().normalize().getFileName().toString().replaceAll("[^A-Za-z0-9._-]", "-");
        String weights = Sha256.of(Checkpoint.weightFiles(directory));
        return Manifest.of(
                name.replaceFirst("^[^A-Za-z0-9]+", ""),
                weights.substring(0, 12),
                config.labels(),
                Pooling.LAST_TOKEN,
                config.context());
    }
}
