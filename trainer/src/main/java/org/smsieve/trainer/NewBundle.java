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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.BundleWriter;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.bundle.GoldenExample;
import org.smsieve.bundle.Manifest;
import org.smsieve.bundle.Origin;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.gpt2.Precision;
import org.smsieve.text.Tokenizer;
import org.smsieve.trainer.baseline.Baseline;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.EvaluatedMessages;
import org.smsieve.trainer.data.Source;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Predictions;
import org.smsieve.trainer.evaluate.ThresholdChoice;
import org.smsieve.trainer.evaluate.ThresholdRule;
import org.smsieve.trainer.finetune.FinetuneOptions;
import org.smsieve.trainer.finetune.Finetuner;
import org.smsieve.trainer.finetune.History;
import org.smsieve.trainer.report.EvaluatedPart;
import org.smsieve.trainer.report.ModelCard;
import org.smsieve.trainer.report.Report;

/**
 * A bundle in the making: evaluates the finetuned weights as they will be stored, and a baseline beside them, then
 * writes them with all that is known of them.
 *
 * @param threshold how the decision threshold comes about
 * @param type how the weights are stored
 * @param clock tells when training ended
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
        Clock clock,
        String command) {

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
        return new Bundle(manifest(Map.of(), null, null, Map.of(), List.of(), checkpoint), checkpoint);
    }

    /**
     * Evaluates and writes.
     *
     * @param history how training went
     * @param training how long it took
     * @param parts the messages to state figures of, by name; those of {@link EvaluatedMessages#TRAIN} are what the
     *     baseline learns from
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
        Instant created = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Stopwatch evaluating = new Stopwatch();
        Inference inference = new Inference(unwritten(stored), tokenizer, device);
        Map<String, Predictions> ours = usesStates(finetuned)
                ? inference.predictions(parts, finetuner)
                : inference.predictions(parts, precision());
        List<GoldenExample> golden = inference.golden();
        Duration evaluated = evaluating.time();
        Stopwatch comparing = new Stopwatch();
        Baseline baseline = new Baseline(parts.get(EvaluatedMessages.TRAIN), options.classWeights());
        Map<String, Predictions> theirs = new LinkedHashMap<>();
        parts.forEach((part, messages) -> theirs.put(part, baseline.predict(messages)));
        Duration compared = comparing.time();

        ThresholdChoice chosen = threshold.choose(ours.get(EvaluatedMessages.VALIDATION));
        ThresholdChoice chosenByBaseline = threshold.forBaseline().choose(theirs.get(EvaluatedMessages.VALIDATION));
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
        figures.forEach(part -> {
            Map<String, Object> described = new LinkedHashMap<>(part.model().describe());
            described.put("rowsSha256", parts.get(part.name()).rowsSha256());
            metrics.put(part.name(), described);
        });
        Manifest described = manifest(Map.of(), created, chosen.threshold(), metrics, golden, finetuned);
        Files.writeString(
                writer.directory().resolve(Bundle.CARD_FILE),
                ModelCard.of(described, report, command),
                StandardCharsets.UTF_8);
        writer.commit(stored, type, files -> manifest(files, created, chosen.threshold(), metrics, golden, finetuned));
        return report;
    }

    /**
     * Whether figures are made from what the frozen blocks gave for training: where nothing is rounded, the finetuner
     * has the very weights. A threshold is picked with the model as it is served.
     */
    private boolean usesStates(Checkpoint model) {
        return hasFrozenBlocks(model)
                && type == TensorType.F32
                && !(threshold instanceof ThresholdRule.MaxFalsePositiveRate);
    }

    private boolean hasFrozenBlocks(Checkpoint model) {
        return options.training(model.config()).frozenBlocks() > 0;
    }

    /** What the frozen blocks compute in, and the model when it is evaluated; golden examples are always in fp32. */
    private Precision precision() {
        return options.frozen().precision();
    }

    private String precisions(Checkpoint model) {
        boolean mixed = hasFrozenBlocks(model) && precision() != Precision.FP32;
        return "trained in fp32"
                + (mixed ? ", frozen blocks in " + precision().label() : "")
                + ", weights stored in " + type
                + ", figures computed in " + precision().label()
                + (mixed && usesStates(model) ? " below the trained blocks, fp32 above" : "");
    }

    private Map<String, Object> about(Checkpoint finetuned, Map<String, Object> seconds) {
        Manifest manifest = manifest(Map.of(), null, null, Map.of(), List.of(), finetuned);
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
            Instant created,
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
                created,
                finetuned.config().labels(),
                options.pooling(),
                options.maxTokens(),
                decided,
                precisions(finetuned),
                base,
                new Origin(data.name(), data.sha256()),
                options.seed(),
                hyperParameters,
                metrics,
                files,
                golden);
    }
}
