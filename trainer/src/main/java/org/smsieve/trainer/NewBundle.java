package org.smsieve.trainer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.BundleWriter;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.bundle.GoldenExample;
import org.smsieve.bundle.Manifest;
import org.smsieve.bundle.Origin;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.text.Tokenizer;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.Source;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.finetune.FinetuneOptions;

/**
 * A bundle in the making: evaluates the finetuned weights as they will be stored, then writes them with all that is
 * known of them.
 */
record NewBundle(
        Path output,
        String name,
        String version,
        Origin base,
        Source data,
        FinetuneOptions options,
        DecisionThreshold threshold,
        TensorType type,
        String command) {

    /** Texts written for this purpose: the data set's own are not for everyone to publish. */
    private static final List<String> GOLDEN_TEXTS = List.of(
            "Hey, just wanted to check if we're still on for dinner tonight? Let me know!",
            "You are a winner you have been specially selected to receive $1000 cash or a $2000 award.",
            "running 10 min late, order me a flat white pls x",
            "URGENT! Call 09000000000 from a landline to claim your complimentary holiday. T&Cs apply",
            "");

    /** A version made from the time, to the second, in UTC. */
    static String version(Clock clock) {
        return DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                .withZone(ZoneOffset.UTC)
                .format(clock.instant());
    }

    /**
     * Checks before the work of training that it can end in a bundle.
     *
     * @throws org.smsieve.checkpoint.CheckpointException if the name, the version or the base's vocabulary will not do
     */
    void check(Checkpoint start) {
        unwritten(start);
    }

    private Bundle unwritten(Checkpoint checkpoint) {
        return new Bundle(manifest(Map.of(), Map.of(), List.of(), checkpoint), checkpoint);
    }

    /**
     * Evaluates and writes.
     *
     * @param parts the messages to state figures of, by name
     * @return the figures, by the same names
     */
    Map<String, Evaluation> write(Checkpoint finetuned, Map<String, Dataset> parts, Tokenizer tokenizer, String device)
            throws IOException {
        Checkpoint stored = finetuned.rounded(type);
        Map<String, Evaluation> evaluations = new LinkedHashMap<>();
        List<GoldenExample> golden = new ArrayList<>();
        try (BundleWriter writer = BundleWriter.begin(output)) {
            try (Gpt2Classifier classifier =
                    Gpt2Classifier.open(unwritten(stored), new ComputeOptions(device, "fp32"))) {
                parts.forEach((part, messages) -> {
                    try (ProgressBar bar = Console.progressBar("evaluate " + part, messages.size())) {
                        evaluations.put(part, Evaluation.of(classifier, tokenizer, messages, bar::stepTo));
                    }
                });
                for (String text : GOLDEN_TEXTS) {
                    List<Double> logits = new ArrayList<>();
                    for (float logit : classifier.logits(tokenizer.encode(text))) {
                        logits.add((double) logit);
                    }
                    golden.add(new GoldenExample(text, logits));
                }
            }
            Map<String, Object> figures = new LinkedHashMap<>();
            evaluations.forEach((part, evaluation) -> figures.put(part, evaluation.describe()));
            Manifest described = manifest(Map.of(), figures, golden, finetuned);
            Files.writeString(
                    writer.directory().resolve(Bundle.CARD_FILE),
                    ModelCard.of(described, evaluations, command),
                    StandardCharsets.UTF_8);
            writer.commit(stored, type, files -> manifest(files, figures, golden, finetuned));
        }
        return evaluations;
    }

    private Manifest manifest(
            Map<String, String> files, Map<String, Object> metrics, List<GoldenExample> golden, Checkpoint finetuned) {
        return new Manifest(
                name,
                version,
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                finetuned.config().labels(),
                options.pooling(),
                options.maxTokens(),
                threshold,
                "trained in fp32, weights stored in " + type,
                base,
                new Origin(data.name(), data.sha256()),
                options.seed(),
                options.describe(),
                metrics,
                files,
                golden);
    }
}
