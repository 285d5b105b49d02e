package org.smsieve.trainer;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
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
import org.smsieve.trainer.baseline.Baseline;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.Source;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Predictions;
import org.smsieve.trainer.evaluate.ThresholdChoice;
import org.smsieve.trainer.evaluate.ThresholdRule;
import org.smsieve.trainer.finetune.FinetuneOptions;
import org.smsieve.trainer.finetune.Finetuner;
import org.smsieve.trainer.finetune.History;
import org.smsieve.trainer.finetune.LabelledTokens;
import org.smsieve.trainer.report.ModelCard;
import org.smsieve.trainer.report.EvaluatedPart;
import org.smsieve.trainer.report.Report;

/**
 * A bundle in the making: evaluates the finetuned weights as they will be stored, and a baseline beside them, then
 * writes them with all that is known of them.
 *
 * @param threshold how the decision threshold comes about
 * @param type how the weights are stored
 * @param precision what the figures are computed in, as in {@link ComputeOptions}; golden examples are always in fp32
 * @param command the command that makes it, for a person to run again
 */
record NewBundle(
        BundleWriter writer,
        String name,
        String version,
        Origin base,
        Source data,
        FinetuneOptions options,
        ThresholdRule threshold,
        TensorType type,
        String precision,
        String command) {

    /** The names of the parts of the data that every bundle is made of; any but the first may be missing. */
    static final String TRAIN = "train";

    static final String VALIDATION = "validation";
    static final String TEST = "test";

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
        return new Bundle(manifest(Map.of(), null, Map.of(), List.of(), checkpoint), checkpoint);
    }

    /**
     * Evaluates and writes.
     *
     * @param history how training went
     * @param training how long it took
     * @param parts the messages to state figures of, by name; those of {@link #TRAIN} are what the baseline learns from
     * @return what was written
     */
    Report write(
            Finetuner finetuner,
            History history,
            Duration training,
            Map<String, Dataset> parts,
            Tokenizer tokenizer,
            String device)
            throws IOException {
        Checkpoint finetuned = finetuner.result();
        Checkpoint stored = finetuned.rounded(type);
        Stopwatch evaluating = new Stopwatch();
        // Where nothing is rounded, the finetuner has the very weights, and what the frozen blocks give at hand.
        Map<String, Predictions> ours = finetuner.hasFrozenBlocks() && type == TensorType.F32
                ? predictions(finetuner, parts, tokenizer)
                : predictions(stored, parts, tokenizer, device);
        List<GoldenExample> golden = golden(stored, tokenizer, device);
        Duration evaluated = evaluating.time();
        Stopwatch comparing = new Stopwatch();
        Baseline baseline = new Baseline(parts.get(TRAIN), options.classWeights());
        Map<String, Predictions> theirs = new LinkedHashMap<>();
        parts.forEach((part, messages) -> theirs.put(part, baseline.predict(messages)));
        Duration compared = comparing.time();

        ThresholdChoice chosen = threshold.choose(ours.get(VALIDATION));
        ThresholdChoice chosenByBaseline = threshold.forBaseline().choose(theirs.get(VALIDATION));
        List<EvaluatedPart> figures = parts.entrySet().stream()
                .map(part -> new EvaluatedPart(
                        part.getKey(),
                        part.getValue().counts(),
                        Evaluation.of(ours.get(part.getKey()), chosen.threshold()),
                        Evaluation.of(theirs.get(part.getKey()), chosenByBaseline.threshold())))
                .toList();
        Map<String, Object> seconds = new LinkedHashMap<>();
        seconds.put("training", seconds(training));
        seconds.put("evaluation", seconds(evaluated));
        seconds.put("baseline", seconds(compared));
        Report report =
                new Report(name + "@" + version, chosen, chosenByBaseline, figures, history, about(finetuned, seconds));
        report.write(writer.directory());
        Map<String, Object> metrics = new LinkedHashMap<>();
        figures.forEach(part -> metrics.put(part.name(), part.model().describe()));
        Manifest described = manifest(Map.of(), chosen.threshold(), metrics, golden, finetuned);
        Files.writeString(
                writer.directory().resolve(Bundle.CARD_FILE),
                ModelCard.of(described, report, command),
                StandardCharsets.UTF_8);
        writer.commit(stored, type, files -> manifest(files, chosen.threshold(), metrics, golden, finetuned));
        return report;
    }

    private static Map<String, Predictions> predictions(
            Finetuner finetuner, Map<String, Dataset> parts, Tokenizer tokenizer) {
        Map<String, Predictions> predictions = new LinkedHashMap<>();
        parts.forEach((part, messages) -> {
            try (ProgressBar bar = Console.progressBar("evaluate " + part, messages.size())) {
                List<LabelledTokens> tokens = LabelledTokens.of(messages, tokenizer);
                predictions.put(part, finetuner.predict(tokens, bar::stepBy));
            }
        });
        return predictions;
    }

    private Map<String, Predictions> predictions(
            Checkpoint stored, Map<String, Dataset> parts, Tokenizer tokenizer, String device) throws IOException {
        Map<String, Predictions> predictions = new LinkedHashMap<>();
        try (Gpt2Classifier classifier =
                Gpt2Classifier.open(unwritten(stored), new ComputeOptions(device, precision))) {
            parts.forEach((part, messages) -> {
                try (ProgressBar bar = Console.progressBar("evaluate " + part, messages.size())) {
                    predictions.put(part, Predictions.of(classifier, tokenizer, messages, bar::stepTo));
                }
            });
        }
        return predictions;
    }

    private List<GoldenExample> golden(Checkpoint stored, Tokenizer tokenizer, String device) throws IOException {
        List<GoldenExample> golden = new ArrayList<>();
        try (Gpt2Classifier classifier = Gpt2Classifier.open(unwritten(stored), new ComputeOptions(device, "fp32"))) {
            for (String text : GOLDEN_TEXTS) {
                List<Double> logits = new ArrayList<>();
                for (float logit : classifier.logits(tokenizer.encode(text))) {
                    logits.add((double) logit);
                }
                golden.add(new GoldenExample(text, logits));
            }
        }
        return golden;
    }

    private Map<String, Object> about(Checkpoint finetuned, Map<String, Object> seconds) {
        Manifest manifest = manifest(Map.of(), null, Map.of(), List.of(), finetuned);
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("command", command);
        about.put("base", origin(manifest.base()));
        about.put("data", origin(manifest.data()));
        about.put("seed", manifest.seed());
        about.put("pooling", manifest.pooling().toString());
        about.put("maxTokens", manifest.maxTokens());
        about.put("hyperParameters", manifest.hyperParameters());
        about.put("precision", manifest.precision());
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("java", Runtime.version().toString());
        versions.put("libtorch", Engine.getEngine("PyTorch").getVersion());
        about.put("versions", versions);
        about.put("seconds", seconds);
        return about;
    }

    private static Map<String, Object> origin(Origin origin) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", origin.name());
        described.put("sha256", origin.sha256());
        return described;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private Manifest manifest(
            Map<String, String> files,
            DecisionThreshold decided,
            Map<String, Object> metrics,
            List<GoldenExample> golden,
            Checkpoint finetuned) {
        Map<String, Object> hyperParameters = new LinkedHashMap<>(options.describe());
        if (threshold instanceof ThresholdRule.MaxFalsePositiveRate rule) {
            hyperParameters.put("maxFalsePositiveRate", rule.share());
        }
        return new Manifest(
                name,
                version,
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                finetuned.config().labels(),
                options.pooling(),
                options.maxTokens(),
                decided,
                "trained in fp32, weights stored in " + type + ", figures computed in " + precision,
                base,
                new Origin(data.name(), data.sha256()),
                options.seed(),
                hyperParameters,
                metrics,
                files,
                golden);
    }
}
