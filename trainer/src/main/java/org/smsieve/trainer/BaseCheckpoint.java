package org.smsieve.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.smsieve.bundle.Origin;
import org.smsieve.bundle.Sha256;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.command.UserException;

/**
 * The checkpoint that finetuning begins with.
 *
 * @param checkpoint with a head for the labels to be learned
 * @param origin what to say of it in the manifest
 */
record BaseCheckpoint(Checkpoint checkpoint, Origin origin) {
    /**
     * Finds a checkpoint.
     *
     * @param name {@code mini}, {@code random:gpt2} or a directory
     * @param seed of random weights
     * @throws UserException if there is no such checkpoint, or it is not a sound one
     */
    static BaseCheckpoint of(String name, List<String> labels, long seed) throws IOException {
        return switch (name) {
            case "mini" -> random(name, Gpt2Config.mini(), labels, seed);
            case "random:gpt2" -> random(name, Gpt2Config.gpt2(), labels, seed);
            default -> directory(Path.of(name), labels, seed);
        };
    }

    /** Whether a checkpoint of that name has random weights. */
    static boolean isRandom(String name) {
        return name.equals("mini") || name.equals("random:gpt2");
    }

    private static BaseCheckpoint random(String name, Gpt2Config config, List<String> labels, long seed) {
        return new BaseCheckpoint(RandomWeights.checkpoint(config.withLabels(labels), seed), new Origin(name, null));
    }

    private static BaseCheckpoint directory(Path directory, List<String> labels, long seed) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new UserException("base: " + directory
                    + " (expected: mini, random:gpt2 or a directory with a Hugging Face GPT-2 checkpoint)");
        }
        try {
            Checkpoint checkpoint = Checkpoint.open(directory).withLabels(labels, seed);
            String sha256 = Sha256.of(directory.resolve(Checkpoint.WEIGHTS_FILE));
            return new BaseCheckpoint(
                    checkpoint, new Origin(directory.getFileName().toString(), sha256));
        } catch (CheckpointException e) {
            throw new UserException("base: " + e.getMessage(), e);
        }
    }
}
