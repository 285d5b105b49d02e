package org.smsieve.trainer;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Devices;
import org.smsieve.gpt2.Pooling;
import org.smsieve.text.Tokenizer;
import org.smsieve.trainer.data.BookSplitter;
import org.smsieve.trainer.data.ClassTable;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.LabelledFile;
import org.smsieve.trainer.data.Proportions;
import org.smsieve.trainer.data.Split;
import org.smsieve.trainer.data.Splitter;
import org.smsieve.trainer.data.StratifiedSplitter;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.finetune.BatchOrder;
import org.smsieve.trainer.finetune.FinetuneOptions;
import org.smsieve.trainer.finetune.Finetuner;
import org.smsieve.trainer.finetune.LabelledTokens;
import org.smsieve.trainer.finetune.Schedule;
import org.smsieve.trainer.finetune.Trainable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

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
            description = "What to begin with: mini (small, random weights), random:gpt2 (GPT-2's shape, random"
                    + " weights), or a directory with a Hugging Face GPT-2 checkpoint.")
    private String base;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE|DIR",
            description = "Labelled messages (label<TAB>text a line, CSV or JSON Lines), or a directory that prepare"
                    + " wrote.")
    private Path data;

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

    @Option(
            names = "--trainable",
            paramLabel = "PART",
            converter = TrainableConverter.class,
            description = "head, last-block, last-two-blocks or all; default: all for random weights, else last-block.")
    private Trainable trainable;

    @Option(
            names = "--pooling",
            paramLabel = "POSITION",
            converter = PoolingConverter.class,
            defaultValue = "last-token",
            description = "The position that is classified: last-token (default) or last-position (the book's, messages"
                    + " padded to the longest training message).")
    private Pooling pooling;

    @Option(names = "--epochs", paramLabel = "N", description = "Default 10 for random weights, else 5.")
    private Integer epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Messages a step; default 32, as in the book 8.")
    private Integer batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "The highest; default 0.001 for random weights, else 5e-5.")
    private Double learningRate;

    @Option(names = "--weight-decay", paramLabel = "X", description = "Default 0.1.")
    private Double weightDecay;

    @Option(names = "--dropout", paramLabel = "SHARE", description = "Default 0.1, as in the book 0.")
    private Double dropout;

    @Option(
            names = "--token-dropout",
            paramLabel = "SHARE",
            description = "Tokens replaced by <|endoftext|> in training; default 0.1 for random weights, else 0.")
    private Double tokenDropout;

    @Option(
            names = "--join-share",
            paramLabel = "SHARE",
            description = "Training messages joined with a random one of the first label; default 0.")
    private double joinShare;

    @Option(
            names = "--crop-share",
            paramLabel = "SHARE",
            description = "Training messages cut to a part of at least half; default 0.")
    private double cropShare;

    @Option(
            names = "--class-weight",
            paramLabel = "LABEL=X",
            description = "Weight of a label's messages in the loss; default: so that all labels weigh the same, as in"
                    + " the book 1. Repeatable.")
    private Map<String, Double> classWeights;

    @Option(
            names = "--weight-averaging",
            paramLabel = "DECAY",
            description = "Keep a running average of the weights with this decay a step; default 0, the last weights.")
    private double averaging;

    @Option(
            names = "--max-gradient-norm",
            paramLabel = "X",
            description = "Gradients are scaled down to this length; default 1, as in the book not.")
    private Double gradientNorm;

    @Option(
            names = "--decision-threshold",
            paramLabel = "LABEL=P",
            description = "Give LABEL to messages whose probability of it is at least P; default: the likeliest label.")
    private Map<String, Double> decisionThreshold = Map.of();

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

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Split split = splitter().load(data);
        out.print(ClassTable.of(split));
        Map<String, Dataset> parts = parts(split);

        BaseCheckpoint start = BaseCheckpoint.of(base, split.labels(), seed());
        Tokenizer tokenizer = Tokenizer.gpt2();
        List<LabelledTokens> training = LabelledTokens.of(split.train(), tokenizer);
        FinetuneOptions options = options(split, training, start.checkpoint());
        NewBundle bundle = new NewBundle(
                output, name(), version(), start.origin(), split.source(), options, threshold(split), store);

        Checkpoint finetuned = finetune(start.checkpoint(), options, split, training, tokenizer, out);
        Map<String, Evaluation> evaluations = bundle.write(finetuned, parts, tokenizer, device);
        evaluations.forEach((part, evaluation) -> out.print(part + ": " + evaluation.table()));
        out.println("written to " + output);
        out.flush();
        return 0;
    }

    private Checkpoint finetune(
            Checkpoint start,
            FinetuneOptions options,
            Split split,
            List<LabelledTokens> training,
            Tokenizer tokenizer,
            PrintWriter out)
            throws IOException {
        List<LabelledTokens> validation = LabelledTokens.of(split.validation(), tokenizer);
        try (Finetuner finetuner = new Finetuner(start, Devices.of(device), options)) {
            out.printf(Locale.ROOT, "training %,d weights (%s)%n", finetuner.trainedWeights(), options.trainable());
            out.flush();
            if (finetuner.hasFrozenBlocks()) {
                try (ProgressBar bar = Console.progressBar("frozen blocks", training.size() + validation.size())) {
                    finetuner.prepare(training, bar::step);
                    finetuner.prepare(validation, bar::step);
                }
            }
            try (ProgressBar bar = Console.progressBar("train", finetuner.steps(training))) {
                finetuner.train(training, new Finetuner.Progress() {
                    @Override
                    public void step(int step, double loss) {
                        bar.stepTo(step).setExtraMessage(String.format(Locale.ROOT, "loss %.4f", loss));
                    }

                    @Override
                    public void epoch(int epoch) {
                        report(epoch, finetuner, training, validation, out);
                    }
                });
            }
            return finetuner.result();
        }
    }

    private static void report(
            int epoch,
            Finetuner finetuner,
            List<LabelledTokens> training,
            List<LabelledTokens> validation,
            PrintWriter out) {
        Finetuner.Figures trained = finetuner.evaluate(training);
        out.printf(
                Locale.ROOT,
                "epoch %d: train loss %.4f, accuracy %.2f %%",
                epoch,
                trained.loss(),
                100 * trained.accuracy());
        if (!validation.isEmpty()) {
            Finetuner.Figures validated = finetuner.evaluate(validation);
            out.printf(
                    Locale.ROOT,
                    "; validation loss %.4f, accuracy %.2f %%",
                    validated.loss(),
                    100 * validated.accuracy());
        }
        out.println();
        out.flush();
    }

    private Map<String, Dataset> parts(Split split) {
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put("train", split.train());
        parts.put("validation", split.validation());
        parts.put("test", split.test());
        for (Path file : alsoEvaluate) {
            Dataset more = LabelledFile.read(file);
            if (!split.labels().containsAll(more.labels())) {
                throw new UserException("also-evaluate: " + file + " has labels " + more.labels() + " (expected: "
                        + split.labels() + ")");
            }
            parts.put(file.getFileName().toString(), more);
            Dataset unseen = more.withoutCopiesOf(split.train());
            if (unseen.size() < more.size()) {
                parts.put(file.getFileName() + " without copies of training messages", unseen);
            }
        }
        parts.values().removeIf(part -> part.size() == 0);
        return parts;
    }

    private Splitter splitter() {
        if (asBook && seed != null && seed != StratifiedSplitter.DEFAULT_SEED) {
            throw new ParameterException(spec.commandLine(), "--as-book has a seed of its own: leave out --seed");
        }
        return asBook ? new BookSplitter() : new StratifiedSplitter(Proportions.DEFAULT, seed());
    }

    private FinetuneOptions options(Split split, List<LabelledTokens> training, Checkpoint start) {
        boolean fromRandom = base.equals("mini") || base.equals("random:gpt2");
        boolean whole = fromRandom && !asBook;
        int context = start.config().context();
        int longest = training.stream()
                .mapToInt(message -> message.tokens().length())
                .max()
                .orElseThrow();
        return new FinetuneOptions(
                or(trainable, whole ? Trainable.ALL : Trainable.LAST_BLOCK),
                pooling,
                pooling == Pooling.LAST_POSITION ? Math.max(1, Math.min(longest, context)) : context,
                or(epochs, whole ? 10 : 5),
                or(batchSize, asBook ? 8 : 32),
                or(learningRate, whole ? 1e-3 : 5e-5),
                whole ? Schedule.COSINE : Schedule.CONSTANT,
                or(weightDecay, 0.1),
                or(dropout, asBook ? 0.0 : 0.1),
                or(tokenDropout, whole ? 0.1 : 0.0),
                joinShare,
                cropShare,
                classWeights != null ? classWeights(split) : asBook ? Map.of() : balanced(split),
                averaging,
                or(gradientNorm, asBook ? Double.POSITIVE_INFINITY : 1.0),
                asBook ? BatchOrder.SHUFFLED : BatchOrder.BY_LENGTH,
                seed());
    }

    private Map<String, Double> classWeights(Split split) {
        for (String label : classWeights.keySet()) {
            if (!split.labels().contains(label)) {
                throw new UserException("class-weight: " + label + " (expected: one of " + split.labels() + ")");
            }
        }
        return classWeights;
    }

    /** Weights with which every label's messages together weigh the same, the most frequent label's being 1. */
    private static Map<String, Double> balanced(Split split) {
        Map<String, Integer> counts = split.train().counts();
        double most = counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
        Map<String, Double> weights = new LinkedHashMap<>();
        counts.forEach((label, count) -> weights.put(label, Math.round(100 * most / Math.max(1, count)) / 100.0));
        return weights;
    }

    private DecisionThreshold threshold(Split split) {
        if (decisionThreshold.isEmpty()) {
            return null;
        }
        Map.Entry<String, Double> only = decisionThreshold.entrySet().iterator().next();
        if (decisionThreshold.size() > 1
                || !split.labels().contains(only.getKey())
                || !(only.getValue() >= 0 && only.getValue() <= 1)) {
            throw new UserException("decision-threshold: " + decisionThreshold + " (expected: one of " + split.labels()
                    + " and a probability from 0 to 1)");
        }
        return new DecisionThreshold(only.getKey(), only.getValue());
    }

    private String name() {
        return name != null
                ? name
                : output.toAbsolutePath().normalize().getFileName().toString();
    }

    private String version() {
        return version != null ? version : NewBundle.version(Clock.systemUTC());
    }

    private long seed() {
        return or(seed, StratifiedSplitter.DEFAULT_SEED);
    }

    private static <T> T or(T given, T otherwise) {
        return given != null ? given : otherwise;
    }

    private static final class TrainableConverter implements ITypeConverter<Trainable> {
        @Override
        public Trainable convert(String value) {
            for (Trainable trainable : Trainable.values()) {
                if (trainable.toString().equals(value)) {
                    return trainable;
                }
            }
            throw new TypeConversionException(value + " (expected: head, last-block, last-two-blocks or all)");
        }
    }

    private static final class PoolingConverter implements ITypeConverter<Pooling> {
        @Override
        public Pooling convert(String value) {
            try {
                return Pooling.of(value);
            } catch (RuntimeException e) {
                throw new TypeConversionException(value + " (expected: last-token or last-position)");
            }
        }
    }
}
