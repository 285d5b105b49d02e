package org.smsieve.bundle;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.gpt2.Pooling;

/**
 * A bundle's {@code smsieve.json}: what the model is, how it came about and how good it is.
 *
 * @param name the model's name, of letters, digits, {@code .}, {@code _} and {@code -}
 * @param version the version of that name, of the same characters
 * @param created when training ended
 * @param labels the labels in the order of the logits, as in {@code config.json}
 * @param pooling the position that is classified
 * @param maxTokens how many tokens of a message are read, from 1 to the model's context
 * @param decisionThreshold null where the likeliest label is taken
 * @param precision notes on the number format of the weights
 * @param base the checkpoint that training began with; may be null
 * @param data the data set; may be null
 * @param seed of the pseudo-random numbers
 * @param hyperParameters name to value
 * @param metrics figures by part of the data set
 * @param files sha256 of each other file of the bundle, by its name
 * @param goldenExamples texts with their logits
 */
public record Manifest(
        String name,
        String version,
        Instant created,
        List<String> labels,
        Pooling pooling,
        int maxTokens,
        DecisionThreshold decisionThreshold,
        String precision,
        Origin base,
        Origin data,
        long seed,
        Map<String, Object> hyperParameters,
        Map<String, Object> metrics,
        Map<String, String> files,
        List<GoldenExample> goldenExamples) {

    /** What names and versions are made of: they are file names too. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** A sha256. */
    public static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** Checks all that others rely on: names stay within the bundle's directory, and files have checksums. */
    public Manifest {
        checkName("name", name);
        checkName("version", version);
        if (labels == null || pooling == null || maxTokens < 1) {
            throw new CheckpointException("labels, pooling, maxTokens: (expected: all of them, maxTokens at least 1)");
        }
        labels = List.copyOf(labels);
        if (decisionThreshold != null && !labels.contains(decisionThreshold.label())) {
            throw new CheckpointException(
                    "decisionThreshold: " + decisionThreshold.label() + " (expected: one of " + labels + ")");
        }
        hyperParameters = ordered(hyperParameters);
        metrics = ordered(metrics);
        files = ordered(files);
        files.forEach((file, sha256) -> {
            checkName("files", file);
            if (sha256 == null || !SHA256.matcher(sha256).matches()) {
                throw new CheckpointException("files: " + file + ": (expected: a sha256 in lower-case hexadecimal)");
            }
        });
        goldenExamples = goldenExamples == null ? List.of() : List.copyOf(goldenExamples);
        for (GoldenExample example : goldenExamples) {
            if (example.logits().size() != labels.size()) {
                throw new CheckpointException("goldenExamples: "
                        + example.logits().size() + " logits (expected: " + labels.size() + ", one for each label)");
            }
        }
    }

    /** A model of which no more is known than what it takes to run it. */
    public static Manifest of(String name, String version, List<String> labels, Pooling pooling, int maxTokens) {
        return new Manifest(
                name, version, null, labels, pooling, maxTokens, null, null, null, null, 0, null, null, null, null);
    }

    /** {@code name@version}. */
    public String model() {
        return name + "@" + version;
    }

    private static void checkName(String key, String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new CheckpointException(
                    key + ": " + name + " (expected: letters, digits, '.', '_' and '-', at most 100)");
        }
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
