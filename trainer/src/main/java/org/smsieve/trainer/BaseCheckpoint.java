package org.smsieve.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.smsieve.bundle.Origin;
import org.smsieve.bundle.Sha256;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.command.UserException;

/**
 * The checkpoint that finetuning or generating begins with.
 *
 * @param checkpoint a language model, or a classifier
 * @param origin what to say of it in the manifest
 */
record BaseCheckpoint(Checkpoint checkpoint, Origin origin) {
    /** The names that {@link #of} knows, for a person. */
    static final String NAMES = "gpt2, gpt2-medium, gpt2-large, gpt2-xl, mini, random:gpt2";

    /**
     * Finds a checkpoint; a published one is downloaded when it is first asked for.
     *
     * @param name one of {@link #NAMES} or a directory
     * @param labels of the head it is to have; none for a language model
     * @param seed of random weights
     * @throws UserException if there is no such checkpoint, or it is not a sound one
     */
    static BaseCheckpoint of(String name, List<String> labels, long seed) throws IOException {
        return of(name, labels, seed, PretrainedModels.ofUser());
    }

    /** As above, with other published models. */
    static BaseCheckpoint of(String name, List<String> labels, long seed, PretrainedModels pretrained)
            throws IOException {
        BaseCheckpoint base = switch (name) {
            case "mini" -> random(name, Gpt2Config.mini().withLabels(labels), seed);
            case "random:gpt2" -> random(name, Gpt2Config.gpt2().withLabels(labels), seed);
            default -> stored(name, pretrained);
        };
        return new BaseCheckpoint(base.checkpoint.withLabels(labels, seed), base.origin);
    }

    /** Whether a checkpoint of that name has random weights. */
    static boolean isRandom(String name) {
        return name.equals("mini") || name.equals("random:gpt2");
    }

    private static BaseCheckpoint random(String name, Gpt2Config config, long seed) {
        return new BaseCheckpoint(RandomWeights.checkpoint(config, seed), new Origin(name, null));
    }

    private static BaseCheckpoint stored(String name, PretrainedModels pretrained) throws IOException {
        try {
            Optional<Gpt2Release> release = pretrained.find(name);
            return release.isPresent() ? pretrained.open(release.get()) : directory(Path.of(name));
        } catch (CheckpointException e) {
            throw new UserException("base: " + e.getMessage(), e);
        }
    }

    private static BaseCheckpoint directory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new UserException("base: " + directory + " (expected: one of " + NAMES
                    + ", or a directory with a Hugging Face GPT-2 checkpoint)");
        }
        Path name = directory.toAbsolutePath().normalize().getFileName();
        return new BaseCheckpoint(
                Checkpoint.open(directory),
                new Origin(String.valueOf(name), Sha256.of(Checkpoint.weightFiles(directory))));
    }
}
