package org.smsieve.trainer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Pooling;
import org.smsieve.trainer.data.Split;
import org.smsieve.trainer.finetune.BatchOrder;
import org.smsieve.trainer.finetune.FinetuneOptions;
import org.smsieve.trainer.finetune.LabelledTokens;
import org.smsieve.trainer.finetune.Schedule;
import org.smsieve.trainer.finetune.Trainable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flags of {@code train} that say how to finetune, and their defaults. */
final class FinetuneFlags {
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

    /**
     * The options given, and the defaults of the others.
     *
     * @param fromRandom whether training begins with random weights
     */
    FinetuneOptions options(
            boolean asBook,
            boolean fromRandom,
            long seed,
            Split split,
            List<LabelledTokens> training,
            Checkpoint start) {
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
                seed);
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
