package org.smsieve.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.smsieve.app.config.AppConfig;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.OneLine;
import org.smsieve.message.Probability;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "classify",
        mixinStandardHelpOptions = true,
        description = "Prints a line for each message: label, tab, spam probability, tab, text.",
        footer = {
            "",
            "Of a model without a label \"spam\", the probability is that of the label decided on. Control characters of"
                    + " a text are shown escaped, such as \\t and \\n."
        })
final class ClassifyCommand implements Callable<Integer> {
    private static final String SPAM = "spam";
    private static final int MAX_BATCH = 64;

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "A bundle. Default: the model built in.")
    private Path bundle;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu, gpu or gpu:N.")
    private String device;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "auto", description = "auto, fp32, bf16 or int8.")
    private String precision;

    @Parameters(paramLabel = "TEXT", description = "Messages. Default: a line each from stdin, in UTF-8.")
    private List<String> texts = List.of();

    @Override
    public Integer call() throws IOException {
        try (BatchClassifier classifier = main.loader(
                        new AppConfig.Model(Optional.ofNullable(bundle), new ComputeOptions(device, precision)))
                .configured()) {
            if (texts.isEmpty()) {
                classifyLines(classifier);
            } else {
                classify(classifier, texts);
            }
        }
        return 0;
    }

    /** A line is answered when no other is waiting: at once to a person, in batches to a pipe. */
    private void classifyLines(BatchClassifier classifier) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<String> batch = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            batch.add(line);
            if (batch.size() == MAX_BATCH || !lines.ready()) {
                classify(classifier, batch);
                batch.clear();
            }
        }
        classify(classifier, batch);
    }

    private void classify(BatchClassifier classifier, List<String> messages) {
        Tokenizer tokenizer = Tokenizer.gpt2();
        List<Tokens> tokens = messages.stream().map(tokenizer::encode).toList();
        List<Verdict> verdicts = classifier.classify(tokens);
        PrintWriter out = spec.commandLine().getOut();
        for (int i = 0; i < verdicts.size(); i++) {
            Verdict verdict = verdicts.get(i);
            double probability = verdict.scores().getOrDefault(SPAM, verdict.score());
            out.println(verdict.label() + '\t' + Probability.format(probability) + '\t' + OneLine.of(messages.get(i)));
        }
        out.flush();
    }
}
