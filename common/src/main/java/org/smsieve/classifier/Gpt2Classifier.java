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
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.bundle.GoldenExample;
import org.smsieve.bundle.Manifest;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.gpt2.Devices;
import org.smsieve.gpt2.Gpt2Program;
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
    /** Longest call in tokens, padding included: what bounds the memory of one. */
    private static final int MAX_CALL_TOKENS = 16_384;

    private final Manifest manifest;
    private final Gpt2Program program;
    private long positions;

    private Gpt2Classifier(Manifest manifest, Gpt2Program program) {
        this.manifest = manifest;
        this.program = program;
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
        return new Gpt2Classifier(bundle.manifest(), Gpt2Program.forInference(bundle.checkpoint(), device, precision));
    }

    @Override
    public List<Verdict> classify(List<Tokens> messages) {
        int[] lengths = messages.stream().mapToInt(this::length).toArray();
        Verdict[] verdicts = new Verdict[lengths.length];
        for (int[] group : LengthGroups.of(lengths, MAX_CALL_TOKENS)) {
            float[][] logits =
                    compute(Arrays.stream(group).mapToObj(messages::get).toList());
            for (int i = 0; i < group.length; i++) {
                verdicts[group[i]] = verdict(messages.get(group[i]), logits[i]);
            }
        }
        return Arrays.asList(verdicts);
    }

    /**
     * The logits of one message, as {@link #classify} computes them.
     *
     * @return one for each of {@link #labels()}
     */
    public float[] logits(Tokens message) {
        return compute(List.of(message))[0];
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
        Device device = device();
        return new ClassifierInfo(
                manifest.model(),
                precision().label(),
                device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu",
                Optional.ofNullable(manifest.created()));
    }

    @Override
    public long positions() {
        return positions;
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
        program.close();
    }

    private int length(Tokens message) {
        return TokenBatch.length(message, manifest.pooling(), maxTokens());
    }

    /** One call: messages to their logits. */
    private float[][] compute(List<Tokens> messages) {
        TokenBatch batch = TokenBatch.of(messages, manifest.pooling(), maxTokens(), program.config());
        positions += (long) batch.size() * batch.length();
        try (NDManager manager = program.newManager()) {
            float[] flat =
                    program.classify(batch.tokens(manager), batch.rows(manager)).toFloatArray();
            int width = labels().size();
            float[][] logits = new float[messages.size()][];
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
