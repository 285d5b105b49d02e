package org.smsieve.trainer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Lora;
import org.smsieve.gpt2.Pooling;
import org.smsieve.gpt2.Precision;
import org.smsieve.trainer.data.Split;
import org.smsieve.trainer.finetune.AugmentationShares;
import org.smsieve.trainer.finetune.BatchOrder;
import org.smsieve.trainer.finetune.FinetuneOptions;
import org.smsieve.trainer.finetune.FrozenOptions;
import org.smsieve.trainer.finetune.LabelledTokens;
import org.smsieve.trainer.finetune.Schedule;
import org.smsieve.trainer.finetune.Selection;
import org.smsieve.trainer.finetune.Trainable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The flags of {@code train} that say how to finetune, and their defaults. */
final class FinetuneFlags {
    private static final long DEFAULT_CACHE_MEBIBYTES = 1024;
    private static final int MEBIBYTE_BITS = 20;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--trainable",
            paramLabel = "PART",
            converter = TrainableConverter.class,
            description = "head, last-block, last-two-blocks, all or lora (low-rank adapters in all blocks, merged into"
                    + " the weights in the end); default: all for random weights, else last-block.")
    private Trainable trainable;

    @Option(names = "--lora-rank", paramLabel = "N", description = "Rank of the adapters of lora; default 16.")
    private Integer loraRank;

    @Option(names = "--lora-alpha", paramLabel = "X", description = "Adapters count X / rank times; default 16.")
    private Double loraAlpha;

    @Option(
            names = "--pooling",
            paramLabel = "POSITION",
            converter = PoolingConverter.class,
            defaultValue = "last-token",
            description = "The position that is classified: last-token (default) or last-position (the book's, messages"
                    + " padded to the longest training message).")
    private Pooling pooling;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Times through the training messages; default 10 for random weights, else 5.")
    private Integer epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Messages a batch; default 32, as in the book 8.")
    private Integer batchSize;

    @Option(
            names = "--gradient-accumulation",
            paramLabel = "N",
            defaultValue = "1",
            description = "Batches a step, their gradients averaged; default 1.")
    private int accumulation;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "The highest; default 1e-3 for random weights and for the head alone, 2e-4 for lora, 1e-4 for"
                    + " one or two blocks, 5e-5 for all weights and as in the book.")
    private Double learningRate;

    @Option(
            names = "--schedule",
            paramLabel = "DECAY",
            converter = DecayConverter.class,
            description = "How the learning rate falls: constant, linear or cosine; default cosine, as in the book"
                    + " constant.")
    private Schedule.Decay decay;

    @Option(
            names = "--warm-up",
            paramLabel = "SHARE",
            description = "Share of the steps over which the learning rate rises; default 0.1, as in the book 0.")
    private Double warmUp;

    @Option(names = "--weight-decay", paramLabel = "X", defaultValue = "0.1", description = "AdamW's; default 0.1.")
    private double weightDecay;

    @Option(names = "--dropout", paramLabel = "SHARE", description = "Default 0.1, as in the book 0.")
    private Double dropout;

    @Option(
            names = "--token-dropout",
            paramLabel = "SHARE",
            description = "Tokens replaced by random ones in training; default 0.1 for random weights, else 0.")
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
                    + " the book 1. Repeatable; labels that are not named then weigh 1.")
    private Map<String, Double> classWeights;

    @Option(
            names = "--weight-averaging",
            paramLabel = "DECAY",
            description = "Keep a running average of the weights with this decay a step; default 0, the weights"
                    + " themselves.")
    private double averaging;

    @Option(
            names = "--max-gradient-norm",
            paramLabel = "X",
            description = "Gradients are scaled down to this length; default 1, as in the book not.")
    private Double gradientNorm;

    @Option(
            names = "--keep",
            paramLabel = "EPOCH",
            converter = KeptConverter.class,
            description = "best (least validation loss) or last; default best, as in the book last.")
    private Selection.Kept kept;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description =
                    "Stop after N epochs without a lower validation loss, 0 for never; default 3, as in the book 0.")
    private Integer patience;

    @Option(
            names = "--evaluate-every",
            paramLabel = "STEPS",
            defaultValue = "50",
            description = "Steps between figures within an epoch, 0 for none; default 50.")
    private int evaluateEvery;

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "auto",
            description = "What the blocks that are not trained compute in, and the model when it is evaluated: fp32,"
                    + " bf16 or auto (default: the faster here, measured). What is trained is always fp32.")
    private String precision;

    @Option(
            names = "--cache-memory",
            paramLabel = "MIB",
            description = "Most memory for what the blocks that are not trained give for each message, computed once;"
                    + " what does not fit is computed in each epoch; default 1024, at most half of Java's heap.")
    private Long cacheMebibytes;

    @Option(names = "--no-cache", description = "Keep nothing of that.")
    private boolean noCache;

    /**
     * The options given, and the defaults of the others.
     *
     * @param fromRandom whether training begins with random weights
     * @param context the most tokens that the model reads
     * @param precision of the blocks that are not trained
     * @throws UserException if a value is out of its range
     * @throws ParameterException if flags contradict each other
     */
    FinetuneOptions options(
            boolean asBook,
            boolean fromRandom,
            long seed,
            Split split,
            List<LabelledTokens> training,
            int context,
            Precision precision) {
        boolean fromScratch = fromRandom && !asBook;
        Trainable part = or(trainable, fromScratch ? Trainable.ALL : Trainable.LAST_BLOCK);
        refuseIf(
                part != Trainable.LORA && (loraRank != null || loraAlpha != null),
                "--lora-rank and --lora-alpha are of --trainable lora");
        refuseIf(noCache && cacheMebibytes != null, "--no-cache and --cache-memory: one of the two");
        boolean validated = split.validation().size() > 0;
        refuseIf(
                !validated && (kept == Selection.Kept.BEST || patience != null),
                "--keep best and --patience need validation messages");
        int longest = training.stream()
                .mapToInt(message -> message.tokens().length())
                .max()
                .orElseThrow();
        return new FinetuneOptions(
                part,
                part == Trainable.LORA ? new Lora(or(loraRank, 16), or(loraAlpha, 16.0)) : null,
                pooling,
                pooling == Pooling.LAST_POSITION ? Math.max(1, Math.min(longest, context)) : context,
                or(epochs, fromScratch ? 10 : 5),
                or(batchSize, asBook ? 8 : 32),
                accumulation,
                or(learningRate, asBook ? 5e-5 : fromScratch ? 1e-3 : learningRate(part)),
                new Schedule(
                        or(decay, asBook ? Schedule.Decay.CONSTANT : Schedule.Decay.COSINE),
                        or(warmUp, asBook ? 0.0 : 0.1)),
                weightDecay,
                // Of the head alone there is nothing to drop.
                part == Trainable.HEAD ? 0 : or(dropout, asBook ? 0.0 : 0.1),
                new AugmentationShares(or(tokenDropout, fromScratch ? 0.1 : 0.0), joinShare, cropShare),
                classWeights != null ? classWeights(split) : asBook ? Map.of() : balanced(split),
                averaging,
                or(gradientNorm, asBook ? Double.POSITIVE_INFINITY : 1.0),
                asBook ? BatchOrder.SHUFFLED : BatchOrder.BY_LENGTH,
                validated
                        ? new Selection(
                                or(kept, asBook ? Selection.Kept.LAST : Selection.Kept.BEST),
                                or(patience, asBook ? 0 : 3))
                        : Selection.LAST,
                evaluateEvery,
                new FrozenOptions(precision, noCache ? 0 : cacheBytes()),
                seed);
    }

    private long cacheBytes() {
        long most = (Runtime.getRuntime().maxMemory() / 2) >> MEBIBYTE_BITS;
        long mebibytes = or(cacheMebibytes, Math.min(DEFAULT_CACHE_MEBIBYTES, most));
        if (mebibytes < 0 || mebibytes > most) {
            throw new UserException("cache-memory: " + mebibytes + " (expected: 0 to " + most
                    + ", half of Java's heap, in MiB; SMSIEVE_JAVA_OPTS=-Xmx… makes it larger)");
        }
        return mebibytes << MEBIBYTE_BITS;
    }

    private void refuseIf(boolean contradiction, String message) {
        if (contradiction) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    /** The setting {@code --precision}. */
    String precision() {
        return precision;
    }

    private static double learningRate(Trainable part) {
        return switch (part) {
            case HEAD -> 1e-3;
            case LORA -> 2e-4;
            case LAST_BLOCK, LAST_TWO_BLOCKS -> 1e-4;
            case ALL -> 5e-5;
        };
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
        counts.forEach((label, count) -> {
            if (count > 0) {
                double weight = Math.min(FinetuneOptions.MAX_CLASS_WEIGHT, most / count);
                weights.put(label, Math.round(100 * weight) / 100.0);
            }
        });
        return weights;
    }

    private static <T> T or(T given, T otherwise) {
        return given != null ? given : otherwise;
    }

    private static final class TrainableConverter implements ITypeConverter<Trainable> {
        @Override
        public Trainable convert(String value) {
            return oneOf(value, List.of(Trainable.values()));
        }
    }

    private static final class PoolingConverter implements ITypeConverter<Pooling> {
        @Override
        public Pooling convert(String value) {
            return oneOf(value, List.of(Pooling.values()));
        }
    }

    private static final class DecayConverter implements ITypeConverter<Schedule.Decay> {
        @Override
        public Schedule.Decay convert(String value) {
            return oneOf(value, List.of(Schedule.Decay.values()));
        }
    }

    private static final class KeptConverter implements ITypeConverter<Selection.Kept> {
        @Override
        public Selection.Kept convert(String value) {
            return oneOf(value, List.of(Selection.Kept.values()));
        }
    }

    private static <T> T oneOf(String name, List<T> values) {
        for (T value : values) {
            if (value.toString().equals(name)) {
                return value;
            }
        }
        throw new TypeConversionException(name + " (expected: one of " + values + ")");
    }
}
