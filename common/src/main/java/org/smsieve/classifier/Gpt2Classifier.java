package org.smsieve.classifier;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.bundle.GoldenExample;
import org.smsieve.bundle.Manifest;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.gpt2.Devices;
import org.smsieve.gpt2.Gpt2Program;
import org.smsieve.gpt2.ParallelCalls;
import org.smsieve.gpt2.Precision;
import org.smsieve.gpt2.PrecisionChoice;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

/**
 * A finetuned GPT-2 as a classifier. It owns the model's native memory and frees it when closed. One thread at a time
 * may use it.
 *
 * <p>A message longer than the model reads is cut at {@link #maxTokens()}, and its verdict says so. An empty message is
 * classified as the single token {@code <|endoftext|>}.
 */
public final class Gpt2Classifier implements BatchClassifier {
    /** Most tokens computed at once, padding included and but for a message: what bounds the memory that takes. */
    private static final int MOST_POSITIONS = 16_384;

    /**
     * Most positions of a call for each of its threads on a CPU, but for a message: what a block makes of more is soon
     * more than the processor's cache holds, and than the C library keeps from call to call.
     */
    private static final int MOST_THREAD_POSITIONS = 1_024;

    /** Least positions of a call beside others: with fewer, its share of the time is mostly reading the weights. */
    private static final int LEAST_PARALLEL_POSITIONS = 128;

    /**
     * Positions times the square of the width, below which a call of a small model is small: 256 positions of the
     * built-in one. There two threads are up to 1.4 times as fast as one on an idle machine, and 2.6 to 5 times slower
     * where the processors have other work.
     */
    private static final long LEAST_DIVIDED = 1L << 22;

    /**
     * What a group costs a small model beyond its tokens, in tokens: its attention's operators, in each block. From 4
     * to 8 make no difference that can be measured. A large model could hardly do one more token in that time.
     */
    private static final int SMALL_GROUP_TOKENS = 8;

    /** A GPU could have done many tokens in the time in which it begins another operator. An estimate. */
    private static final int GPU_GROUP_TOKENS = 2_048;

    private final Manifest manifest;
    private final Gpt2Program program;
    private final ParallelCalls parallel;
    /** Asked for with each message. */
    private final ClassifierInfo info;

    private final AtomicLong positions = new AtomicLong();

    private Gpt2Classifier(Manifest manifest, Gpt2Program program) {
        this.manifest = manifest;
        this.program = program;
        Device device = program.device();
        parallel = new ParallelCalls(device);
        info = new ClassifierInfo(
                manifest.model(),
                program.precision().label(),
                device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu",
                Optional.ofNullable(manifest.created()));
    }

    /**
     * Loads a bundle.
     *
     * @throws org.smsieve.command.UserException if the options name a device that is not there
     * @throws IOException if the weights cannot be read
     */
    public static Gpt2Classifier open(Bundle bundle, ComputeOptions options) throws IOException {
        Device device = Devices.of(options.device());
        Precision precision = PrecisionChoice.of(options.precision(), device);
        Gpt2Program program = Gpt2Program.forInference(bundle.checkpoint(), device, precision);
        try {
            return new Gpt2Classifier(bundle.manifest(), program);
        } catch (Throwable e) {
            // Such as a lack of threads: its weights are not Java's to free.
            program.close();
            throw e;
        }
    }

    @Override
    public List<Verdict> classify(List<Tokens> messages) {
        if (messages.isEmpty()) {
            return List.of();
        }
        int[] lengths = messages.stream().mapToInt(this::length).toArray();
        List<int[]> groups = LengthGroups.of(lengths, groupCost(), MOST_POSITIONS);
        long padded = LengthGroups.tokens(groups, lengths);
        int most = device().isGpu() ? MOST_POSITIONS : MOST_THREAD_POSITIONS * parallel.threadsEach();
        List<List<int[]>> calls = LengthGroups.divide(groups, lengths, calls(padded, parallel.width(), most));
        List<Supplier<float[][]>> computing = calls.stream()
                .<Supplier<float[][]>>map(call -> () -> compute(call, messages))
                .toList();
        List<float[][]> logits = computing.size() == 1 && isSmall(padded)
                ? Collections.singletonList(parallel.runSmall(computing.get(0)))
                : parallel.run(computing);
        Verdict[] verdicts = new Verdict[lengths.length];
        for (int i = 0; i < calls.size(); i++) {
            int row = 0;
            for (int[] group : calls.get(i)) {
                for (int message : group) {
                    verdicts[message] = verdict(messages.get(message), logits.get(i)[row]);
                    row++;
                }
            }
        }
        return Arrays.asList(verdicts);
    }

    private int groupCost() {
        if (device().isGpu()) {
            return GPU_GROUP_TOKENS;
        }
        return program.isSmall() ? SMALL_GROUP_TOKENS : 1;
    }

    private boolean isSmall(long positions) {
        long embed = program.config().embed();
        return program.isSmall() && positions * embed * embed < LEAST_DIVIDED;
    }

    /**
     * How many calls so many positions are worth: a single one, or as many as run at once, once or several times over.
     * Fewer than run at once would leave the other threads without work.
     *
     * @param width how many run at once
     * @param most a call's most positions for its own sake
     */
    static int calls(long positions, int width, int most) {
        if (positions < (long) width * LEAST_PARALLEL_POSITIONS) {
            return 1;
        }
        long atOnce = Math.min(MOST_POSITIONS, (long) width * most);
        return (int) (width * ((positions + atOnce - 1) / atOnce));
    }

    /**
     * The logits of one message: one forward pass, on the caller's thread.
     *
     * @return one for each of {@link #labels()}
     */
    public float[] logits(Tokens message) {
        return compute(List.of(new int[1]), List.of(message))[0];
    }

    /**
     * Computes the bundle's golden examples.
     *
     * @throws CheckpointException if their logits are not those that the trainer saw, by the precision's tolerance
     */
    public void checkGoldenExamples() {
        List<GoldenExample> examples = manifest.goldenExamples();
        for (int i = 0; i < examples.size(); i++) {
            float[] found = logits(Tokenizer.gpt2().encode(examples.get(i).text()));
            List<Double> expected = examples.get(i).logits();
            double largest = expected.stream().mapToDouble(Math::abs).max().orElse(0);
            double tolerance = precision().logitTolerance() * Math.max(1, largest);
            for (int label = 0; label < found.length; label++) {
                // Not the other way round: a difference that is no number is too large.
                if (!(Math.abs(found[label] - expected.get(label)) <= tolerance)) {
                    throw new CheckpointException("goldenExamples: " + i + ": logits " + Arrays.toString(found) + " in "
                            + precision().label() + " (expected: " + expected + ", to " + tolerance + ")");
                }
            }
        }
    }

    @Override
    public List<String> labels() {
        return manifest.labels();
    }

    @Override
    public ClassifierInfo info() {
        return info;
    }

    @Override
    public long positions() {
        return positions.get();
    }

    @Override
    public int maxTokens() {
        return manifest.maxTokens();
    }

    /** The precision it computes in. */
    public Precision precision() {
        return program.precision();
    }

    /** Where it computes. */
    public Device device() {
        return program.device();
    }

    @Override
    public void close() {
        parallel.close();
        program.close();
    }

    private int length(Tokens message) {
        return TokenBatch.length(message, manifest.pooling(), maxTokens());
    }

    /** One call: groups of messages, by index, to their logits. */
    private float[][] compute(List<int[]> groups, List<Tokens> messages) {
        TokenBatch batch = TokenBatch.ofGroups(
                groups.stream()
                        .map(group ->
                                Arrays.stream(group).mapToObj(messages::get).toList())
                        .toList(),
                manifest.pooling(),
                maxTokens(),
                program.config());
        positions.addAndGet(batch.positions());
        try (NDManager manager = program.newManager()) {
            float[] flat = program.classify(batch.inputs(manager)).toFloatArray();
            int width = labels().size();
            float[][] logits = new float[batch.size()][];
            Arrays.setAll(logits, i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width));
            return logits;
        }
    }

    private Verdict verdict(Tokens message, float[] logits) {
        List<Double> probabilities =
                Arrays.stream(Softmax.of(logits, 0, logits.length)).boxed().toList();
        Map<String, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < logits.length; i++) {
            scores.put(labels().get(i), probabilities.get(i));
        }
        return new Verdict(
                labels().get(DecisionThreshold.decide(manifest.decisionThreshold(), labels(), probabilities)),
                Collections.unmodifiableMap(scores),
                model(),
                Math.min(message.length(), maxTokens()),
                message.length() > maxTokens());
    }
}
