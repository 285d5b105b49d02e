package org.smsieve.trainer.finetune;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.Tensor;
import org.smsieve.gpt2.Gpt2Program;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.text.Tokens;

/**
 * Finetunes a checkpoint on labelled messages: cross entropy on one position of each message, AdamW (Loshchilov and
 * Hutter 2019). It owns the model's native memory and frees it when closed. One thread at a time may use it.
 */
public final class Finetuner implements AutoCloseable {
    private final FinetuneOptions options;
    private final List<String> labels;
    private final Gpt2Program program;
    private final NDManager manager;
    private final Map<String, NDArray> trained = new LinkedHashMap<>();
    private final Map<String, NDArray> weights;
    private final WeightAverage average;
    private final FrozenStates frozen;
    private final AdamW optimizer;
    private int step;
    private int steps;

    /**
     * Loads a checkpoint.
     *
     * @param base a classifier of the labels to be learned
     * @throws IOException if its weights cannot be read
     */
    public Finetuner(Checkpoint base, Device device, FinetuneOptions options) throws IOException {
        this.options = options;
        Gpt2Config config = base.config();
        labels = config.labels();
        Engine.getEngine("PyTorch").setRandomSeed((int) options.seed());
        program = Gpt2Program.forTraining(base, device, options.trainable().frozenBlocks(config), options.dropout());
        manager = program.newManager();
        weights = program.parameters();
        weights.forEach((name, weight) -> {
            if (options.trainable().trains(name, config)) {
                weight.setRequiresGradient(true);
                trained.put(name, weight);
            }
        });
        average = new WeightAverage(trained, options.averaging(), manager);
        frozen = new FrozenStates(program, options);
        optimizer = new AdamW(options.weightDecay(), manager);
    }

    /** Number of weights that are trained. */
    public long trainedWeights() {
        return trained.values().stream().mapToLong(NDArray::size).sum();
    }

    /** Whether some blocks are frozen, so that {@link #prepare} has work to do. */
    public boolean hasFrozenBlocks() {
        return options.trainable() != Trainable.ALL;
    }

    /** Computes once what the frozen blocks give for these messages. Not needed, but saves time later. */
    public void prepare(List<LabelledTokens> messages, Runnable afterEachMessage) {
        frozen.prepare(messages.stream().map(LabelledTokens::tokens).toList(), afterEachMessage);
    }

    /** How many steps training takes. */
    public int steps(List<LabelledTokens> messages) {
        int perEpoch = options.order()
                .batches(messages, options.batchSize(), new Random(options.seed()))
                .size();
        return perEpoch * options.epochs();
    }

    /** What {@link #train} reports. */
    public interface Progress {
        /**
         * A step was done.
         *
         * @param step counted from 1
         * @param loss of its batch, before the step
         */
        void step(int step, double loss);

        /**
         * An epoch was done.
         *
         * @param epoch counted from 1
         */
        void epoch(int epoch);
    }

    /** Trains on messages. */
    public void train(List<LabelledTokens> messages, Progress progress) {
        Random random = new Random(options.seed());
        Augmentation augmentation =
                new Augmentation(options, messages, program.config().vocabularySize(), random);
        steps = steps(messages);
        for (int epoch = 1; epoch <= options.epochs(); epoch++) {
            for (List<LabelledTokens> batch :
                    options.order().batches(augmentation.epoch(), options.batchSize(), random)) {
                double loss = step(batch);
                progress.step(step, loss);
            }
            progress.epoch(epoch);
        }
    }

    /** Loss and accuracy of the weights as they are now, without class weights. */
    public Figures evaluate(List<LabelledTokens> messages) {
        double loss = 0;
        int right = 0;
        for (List<LabelledTokens> batch : BatchOrder.BY_LENGTH.batches(messages, 64, new Random(0))) {
            try (NDManager scratch = program.newManager()) {
                NDArray logProbabilities = logits(batch, scratch, false).logSoftmax(1);
                float[] values = logProbabilities.toFloatArray();
                for (int i = 0; i < batch.size(); i++) {
                    int label = batch.get(i).label();
                    int best = 0;
                    for (int j = 1; j < labels.size(); j++) {
                        best = values[i * labels.size() + j] > values[i * labels.size() + best] ? j : best;
                    }
                    loss -= values[i * labels.size() + label];
                    right += best == label ? 1 : 0;
                }
            }
        }
        return new Figures(loss / messages.size(), (double) right / messages.size());
    }

    /** The finetuned model. */
    public Checkpoint result() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        weights.forEach((name, weight) -> {
            try (NDArray value = (trained.containsKey(name) ? average.of(name) : weight).stopGradient()) {
                tensors.put(
                        name, new Tensor(value.toFloatArray(), value.getShape().getShape()));
            }
        });
        return Checkpoint.of(program.config(), tensors);
    }

    @Override
    public void close() {
        program.close();
    }

    /** One step on a batch; gives its loss before the step. */
    double step(List<LabelledTokens> batch) {
        try (NDManager scratch = program.newManager()) {
            double value;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray loss = logits(batch, scratch, true)
                        .logSoftmax(1)
                        .mul(targets(batch, scratch))
                        .sum()
                        .neg();
                collector.backward(loss);
                value = loss.getFloat();
            }
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("loss: " + value + " (expected: a finite number; lower --learning-rate)");
            }
            double learningRate = options.learningRate() * options.schedule().factor(step, steps);
            step++;
            update(learningRate);
            average.update();
            return value;
        }
    }

    private void update(double learningRate) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        trained.forEach((name, weight) -> gradients.put(name, weight.getGradient()));
        try {
            clip(gradients);
            trained.forEach((name, weight) -> optimizer.update(name, weight, gradients.get(name), step, learningRate));
        } finally {
            gradients.values().forEach(NDArray::close);
        }
    }

    private void clip(Map<String, NDArray> gradients) {
        if (Double.isInfinite(options.gradientNorm())) {
            return;
        }
        double square = 0;
        for (NDArray gradient : gradients.values()) {
            try (NDArray norm = gradient.norm()) {
                square += Math.pow(norm.getFloat(), 2);
            }
        }
        double scale = options.gradientNorm() / (Math.sqrt(square) + 1e-6);
        if (scale < 1) {
            gradients.values().forEach(gradient -> gradient.muli(scale));
        }
    }

    private NDArray logits(List<LabelledTokens> batch, NDManager scratch, boolean training) {
        List<Tokens> messages = batch.stream().map(LabelledTokens::tokens).toList();
        TokenBatch padded = TokenBatch.of(messages, options.pooling(), options.maxTokens(), program.config());
        // What the frozen blocks give is never subject to dropout, whether it was kept or is computed now.
        NDArray input = hasFrozenBlocks() ? frozen.of(messages, padded, scratch) : padded.tokens(scratch);
        program.setDropoutActive(training);
        try {
            return hasFrozenBlocks()
                    ? program.classifyHidden(input, padded.rows(scratch), training)
                    : program.classify(input, padded.rows(scratch), training);
        } finally {
            program.setDropoutActive(false);
        }
    }

    /** {@code (batch, labels)}: at each message's label its share in the weighted mean, 0 elsewhere. */
    private NDArray targets(List<LabelledTokens> batch, NDManager scratch) {
        float[] targets = new float[batch.size() * labels.size()];
        double total = batch.stream().mapToDouble(this::weight).sum();
        for (int i = 0; i < batch.size(); i++) {
            targets[i * labels.size() + batch.get(i).label()] = (float) (weight(batch.get(i)) / total);
        }
        return scratch.create(targets, new Shape(batch.size(), labels.size()));
    }

    private double weight(LabelledTokens message) {
        return options.classWeights().getOrDefault(labels.get(message.label()), 1.0);
    }
}
