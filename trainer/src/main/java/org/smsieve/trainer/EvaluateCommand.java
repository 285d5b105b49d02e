package org.smsieve.trainer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.smsieve.bundle.Bundle;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.command.UserException;
import org.smsieve.text.Tokenizer;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.LabelledFile;
import org.smsieve.trainer.evaluate.Evaluation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: the figures of a bundle on labelled messages. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Accuracy, precision, recall and F1 of a model on labelled messages.")
public final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "The bundle.")
    private Path model;

    @Mixin
    private DataFlags data;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    private boolean json;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu, gpu or gpu:N.")
    private String device;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "auto, fp32 or bf16.")
    private String precision;

    @Override
    public Integer call() throws IOException {
        Dataset messages = LabelledFile.read(data.path(), data.badRows());
        try (Gpt2Classifier classifier =
                Gpt2Classifier.open(Bundle.open(model), new ComputeOptions(device, precision))) {
            TreeSet<String> unknown = new TreeSet<>(messages.labels());
            unknown.removeAll(classifier.labels());
            if (!unknown.isEmpty()) {
                throw new UserException(
                        "data: labels " + unknown + " (expected: labels of the model, " + classifier.labels() + ")");
            }
            Evaluation evaluation;
            try (ProgressBar bar = Console.progressBar("evaluate", messages.size())) {
                evaluation = Evaluation.of(classifier, Tokenizer.gpt2(), messages, bar::stepTo);
            }
            print(classifier.model(), messages.source().name(), evaluation);
        } catch (CheckpointException e) {
            throw new UserException("model: " + e.getMessage(), e);
        }
        return 0;
    }

    private void print(String name, String dataName, Evaluation evaluation) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("model", name);
            figures.put("data", dataName);
            figures.putAll(evaluation.describe());
            out.println(new JsonMapper().writeValueAsString(figures));
        } else {
            out.println(name + " on " + dataName + ": ");
            out.print(evaluation.table());
        }
        out.flush();
    }
}
