package org.smsieve.trainer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.command.UserException;
import org.smsieve.text.Tokenizer;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.LabelledFile;
import org.smsieve.trainer.data.Source;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Predictions;
import org.smsieve.trainer.evaluate.ThresholdChoice;
import org.smsieve.trainer.report.EvaluatedPart;
import org.smsieve.trainer.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: the figures of a bundle on labelled messages. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "How good a model is on labelled messages: accuracy, precision, recall, ROC, calibration.")
public final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "The bundle.")
    private Path model;

    @Mixin
    private DataFlags data;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    private boolean json;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write report.md, report.json and plots there; not a bundle's own directory.")
    private Path reportDirectory;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu, gpu or gpu:N.")
    private String device;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "auto, fp32, bf16 or int8.")
    private String precision;

    @Override
    public Integer call() throws IOException {
        if (reportDirectory != null) {
            makeReportDirectory();
        }
        Dataset messages = LabelledFile.read(data.path(), data.badRows());
        Bundle bundle = open();
        try (Gpt2Classifier classifier = Gpt2Classifier.open(bundle, new ComputeOptions(device, precision))) {
            TreeSet<String> unknown = new TreeSet<>(messages.labels());
            unknown.removeAll(classifier.labels());
            if (!unknown.isEmpty()) {
                throw new UserException(
                        "data: labels " + unknown + " (expected: labels of the model, " + classifier.labels() + ")");
            }
            Predictions predictions;
            try (ProgressBar bar = Console.progressBar("evaluate", messages.size())) {
                predictions = Predictions.of(classifier, Tokenizer.gpt2(), messages, bar::stepTo);
            }
            DecisionThreshold threshold = bundle.manifest().decisionThreshold();
            EvaluatedPart part = new EvaluatedPart(
                    messages.source().name(), messages.counts(), Evaluation.of(predictions, threshold), null);
            Report report = new Report(
                    classifier.model(),
                    new ThresholdChoice(threshold, threshold == null ? "" : "as the model has it"),
                    null,
                    List.of(part),
                    null,
                    about(messages.source(), classifier));
            print(report, part);
            if (reportDirectory != null) {
                report.write(reportDirectory);
            }
        }
        return 0;
    }

    private void makeReportDirectory() {
        if (Files.exists(reportDirectory.resolve(Bundle.MANIFEST_FILE))) {
            throw new UserException("report: " + reportDirectory + " (expected: a directory without a bundle, whose own"
                    + " report would be overwritten); name another");
        }
        try {
            Files.createDirectories(reportDirectory);
        } catch (IOException e) {
            throw new UserException("report: " + reportDirectory + " cannot be made (" + e + "); name another", e);
        }
        if (!Files.isWritable(reportDirectory)) {
            throw new UserException(
                    "report: " + reportDirectory + " (expected: a directory that can be written to); name another");
        }
    }

    private Bundle open() throws IOException {
        try {
            return Bundle.open(model);
        } catch (CheckpointException e) {
            throw new UserException("model: " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> about(Source source, Gpt2Classifier classifier) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("data", source.name());
        about.put("data sha256", source.sha256());
        about.put("precision", classifier.precision().label());
        return about;
    }

    private void print(Report report, EvaluatedPart part) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("model", report.model());
            figures.put("data", part.name());
            figures.putAll(part.model().describe());
            out.println(new JsonMapper().writeValueAsString(figures));
        } else {
            out.println(report.model() + " on " + part.name() + ":");
            out.print(report.details());
        }
        out.flush();
    }
}
