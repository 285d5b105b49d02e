package org.smsieve.trainer;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import org.smsieve.bundle.BundleWriter;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.gpt2.Devices;
import org.smsieve.gpt2.Precision;
import org.smsieve.gpt2.PrecisionChoice;
import org.smsieve.text.Tokenizer;
import org.smsieve.trainer.data.BookSplitter;
import org.smsieve.trainer.data.ClassTable;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.EvaluatedMessages;
import org.smsieve.trainer.data.Proportions;
import org.smsieve.trainer.data.Split;
import org.smsieve.trainer.data.Splitter;
import org.smsieve.trainer.data.StratifiedSplitter;
import org.smsieve.trainer.evaluate.ThresholdRule;
import org.smsieve.trainer.finetune.Figures;
import org.smsieve.trainer.finetune.FinetuneOptions;
import org.smsieve.trainer.finetune.Finetuner;
import org.smsieve.trainer.finetune.History;
import org.smsieve.trainer.finetune.LabelledTokens;
import org.smsieve.trainer.publish.Publisher;
import org.smsieve.trainer.publish.RegistryFlags;
import org.smsieve.trainer.report.Report;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code train}: finetunes a base checkpoint on labelled messages and writes a bundle. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Finetunes GPT-2 on labelled messages, evaluates it and writes a model bundle.")
public final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--base",
            required = true,
            paramLabel = "NAME|DIR",
            description = "What to begin with: gpt2, gpt2-medium, gpt2-large or gpt2-xl (downloaded from Hugging Face"
                    + " once, SMSIEVE_HF_MIRROR: a mirror's address, and kept in SMSIEVE_CACHE), mini (small, random"
                    + " weights), random:gpt2 (GPT-2's shape, random weights), or a directory with a Hugging Face"
                    + " GPT-2 checkpoint.")
    private String base;

    @Mixin
    private DataFlags data;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "The bundle: a new directory, or a bundle to replace.")
    private Path output;

    @Option(names = "--name", paramLabel = "NAME", description = "The model's name; default: OUTPUT's last part.")
    private String name;

    @Option(
            names = "--model-version",
            paramLabel = "VERSION",
            description = "The model's version; default: the time, as 20261231-235959.")
    private String version;

    @Option(
            names = "--as-book",
            description = "The book's data split and defaults: last block, 5 epochs, batches of 8, learning rate 5e-5,"
                    + " weight decay 0.1, no dropout, classes not weighted.")
    private boolean asBook;

    @Option(
            names = "--also-evaluate",
            paramLabel = "FILE",
            description = "More labelled messages to state the figures of; never trained on. Repeatable.")
    private List<Path> alsoEvaluate = List.of();

    @Mixin
    private FinetuneFlags finetuning;

    @ArgGroup
    private ThresholdFlags threshold = new ThresholdFlags();

    @Option(
            names = "--store",
            paramLabel = "TYPE",
            defaultValue = "F32",
            description = "How the weights are stored: f32 (default), f16 or bf16.")
    private TensorType store;

    @Option(names = "--seed", paramLabel = "N", description = "0 to 4294967295; default 123.")
    private Long seed;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu, gpu or gpu:N.")
    private String device;

    @Option(
            names = "--publish",
            description = "Publishes the bundle, unless it does worse than the current model on the same test rows: the"
                    + " running apps change to it.")
    private boolean publish;

    @Mixin
    private RegistryFlags registry;

    @Override
    public Integer call() throws IOException {
        if (!publish && registry.areGiven()) {
            throw new ParameterException(spec.commandLine(), "--config and --set go with --publish");
        }
        PrintWriter out = spec.commandLine().getOut();
        String named = version();
        Publisher publisher = publish ? registry.publisher() : null;
        if (publisher != null) {
            publisher.check(name(), named);
        }
        try (BundleWriter writer = BundleWriter.begin(output)) {
            train(writer, named, out);
        }
        if (publisher != null) {
            publisher.publish(output, false, out);
        }
        return 0;
    }

    private void train(BundleWriter writer, String named, PrintWriter out) throws IOException {
        Split split = splitter().load(data.path(), data.badRows());
        out.print(ClassTable.of(split));
        Map<String, Dataset> parts = EvaluatedMessages.of(split, alsoEvaluate, data.badRows());

        Tokenizer tokenizer = Tokenizer.gpt2();
        List<LabelledTokens> training = LabelledTokens.of(split.train(), tokenizer);
        Precision precision = PrecisionChoice.of(finetuning.precision(), Devices.of(device));
        ThresholdRule rule = threshold.rule(split);
        // All flags are checked before the base is fetched, which takes long; its context comes with it.
        options(split, training, Integer.MAX_VALUE, precision);
        BaseCheckpoint start = BaseCheckpoint.of(base, split.labels(), seed());
        FinetuneOptions options =
                options(split, training, start.checkpoint().config().context(), precision);
        NewBundle bundle = new NewBundle(
                writer,
                name(),
                named,
                start.origin(),
                split.source(),
                options,
                rule,
                store,
                Clock.systemUTC(),
                command());

        bundle.check(start.checkpoint());
        Stopwatch stopwatch = new Stopwatch();
        try (Finetuner finetuner = new Finetuner(start.checkpoint(), Devices.of(device), options)) {
            out.print(ModelSummary.of(start.checkpoint().config(), finetuner.trained()));
            out.flush();
            History history = finetune(
                    finetuner,
                    training,
                    LabelledTokens.of(split.validation(), tokenizer),
                    LabelledTokens.of(split.test(), tokenizer),
                    out);
            Report report = bundle.write(finetuner, history, stopwatch.time(), parts, tokenizer, device);
            out.print(report.summary());
        }
        out.println("written to " + output);
        out.flush();
    }

    private FinetuneOptions options(Split split, List<LabelledTokens> training, int context, Precision precision) {
        return finetuning.options(asBook, BaseCheckpoint.isRandom(base), seed(), split, training, context, precision);
    }

    private static History finetune(
            Finetuner finetuner,
            List<LabelledTokens> training,
            List<LabelledTokens> validation,
            List<LabelledTokens> test,
            PrintWriter out) {
        if (finetuner.hasFrozenBlocks()) {
            try (ProgressBar bar = Console.progressBar("frozen blocks", training.size() + validation.size())) {
                finetuner.prepare(training, bar::stepBy);
                finetuner.prepare(validation, bar::stepBy);
            }
        }
        try (ProgressBar bar = Console.progressBar("train", finetuner.steps(training))) {
            History history = finetuner.train(training, validation, test, new Finetuner.Progress() {
                @Override
                public void step(int step, double loss) {
                    bar.stepTo(step).setExtraMessage(String.format(Locale.ROOT, "loss %.4f", loss));
                }

                @Override
                public void point(History.Point point) {
                    Console.clearBar();
                    out.println(line(point));
                    out.flush();
                }
            });
            Console.clearBar();
            out.printf(Locale.ROOT, "kept: epoch %d of %d%n", history.keptEpoch(), history.epochs());
            return history;
        }
    }

    private static String line(History.Point point) {
        String when = point.endsEpoch()
                ? String.format(Locale.ROOT, "epoch %.0f", point.epoch())
                : String.format(Locale.ROOT, "step %d", point.step());
        return String.format(Locale.ROOT, "%-10s", when)
                + figures("train", point.train())
                + figures("validation", point.validation())
                + figures("test", point.test());
    }

    private static String figures(String part, Figures figures) {
        if (figures == null) {
            return "";
        }
        return String.format(
                Locale.ROOT, "   %s loss %.4f, accuracy %6.2f %%", part, figures.loss(), 100 * figures.accuracy());
    }

    private Splitter splitter() {
        if (asBook && seed != null && seed != StratifiedSplitter.DEFAULT_SEED) {
            throw new ParameterException(spec.commandLine(), "--as-book has a seed of its own: leave out --seed");
        }
        return asBook ? new BookSplitter() : new StratifiedSplitter(Proportions.DEFAULT, seed());
    }

    private String name() {
        return name != null
                ? name
                : output.toAbsolutePath().normalize().getFileName().toString();
    }

    private String version() {
        return version != null ? version : NewBundle.version(Clock.systemUTC());
    }

    private String command() {
        return "smsieve "
                + spec.commandLine().getParseResult().originalArgs().stream()
                        .map(TrainCommand::quoted)
                        .collect(Collectors.joining(" "));
    }

    /** As a shell reads it back. */
    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    private long seed() {
        return seed == null ? StratifiedSplitter.DEFAULT_SEED : seed;
    }
}
