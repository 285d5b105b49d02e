package org.smsieve.trainer.finetune;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.Tensor;
import org.smsieve.classifier.LengthGroups;
import org.smsieve.classifier.Softmax;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Gpt2Program;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.gpt2.Training;
import org.smsieve.text.Tokens;
import org.smsieve.trainer.evaluate.Prediction;
import org.smsieve.trainer.evaluate.Predictions;

/**
 * Finetunes a checkpoint on labelled messages: cross entropy on one position of each message, AdamW (Loshchilov and
 * Hutter 2019). It owns the model's native memory and frees it when closed. One thread at a time may use it.
 */
public final class Finetuner implements AutoCloseable {
    /** Longest call in tokens, padding included, when figures are made. */
    private static final int EVALUATION_TOKENS = 4096;

    private final Checkpoint base;
    private final FinetuneOptions options;
    private final List<String> labels;
    private final Gpt2Program program;
    private final FrozenStates frozen;
    private final NDManager manager;
    private final Map<String, NDArray> trained = new LinkedHashMap<>();
    private final WeightAverage average;
    private final AdamW optimizer;
    private final Map<String, NDArray> kept = new LinkedHashMap<>();

    /**
     * Loads a checkpoint.
     *
     * @param base a classifier of the labels to be learned
     * @throws IOException if its weights cannot be read
     */
    public Finetuner(Checkpoint base, Device device, FinetuneOptions options) throws IOException {
        this.base = base;
        this.options = options;
        Gpt2Config config = base.config();
        labels = config.labels();
        Engine.getEngine("PyTorch").setRandomSeed((int) options.seed());
        Training training = options.training(config);
        program = Gpt2Program.forTraining(
                base, device, training, Adapters.initial(options.lora(), config, options.seed()));
        frozen = training.frozenBlocks() == 0 ? null : new FrozenStates(base, device, options);
        manager = program.newManager();
        Map<String, NDArray> weights = program.parameters();
        training.trained().forEach(name -> trained.put(name, weights.get(name)));
        average = new WeightAverage(trained, options.averaging(), manager);
        optimizer = new AdamW(program, trained.values(), options.weightDecay(), manager);
    }

    /** The tensors that are trained and their shapes, by name. */
    public Map<String, List<Long>> trained() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        trained.forEach((name, weight) -> shapes.put(
                name, Arrays.stream(weight.getShape().getShape()).boxed().toList()));
        return shapes;
    }

    /** Whether some blocks are frozen, so that {@link #prepare} has work to do. */
    public boolean hasFrozenBlocks() {
        return frozen != null;
    }

    /**
     * Computes once what the frozen blocks give for these messages. Not needed, but saves time later.
     *
     * @param progress is told how many messages were done since it was last told
     */
    public void prepare(List<LabelledTokens> messages, IntConsumer progress) {
        frozen.prepare(messages.stream().map(LabelledTokens::tokens).toList(), progress);
    }

    /** How many steps training takes if it is not ended early. */
    public int steps(List<LabelledTokens> messages) {
        int batches = options.order()
                .batches(messages, options.batchSize(), new Random(options.seed()))
                .size();
        return options.epochs() * ((batches + options.accumulation() - 1) / options.accumulation());
    }

    /** What {@link #train} reports. */
    public interface Progress {
        /**
         * A step was done.
         *
         * @param step counted from 1
         * @param loss of its messages, before the step
         */
        void step(int step, double loss);

        /** Figures were made. */
        void point(History.Point point);
    }

    /**
     * Trains.
     *
     * @param validation what decides which epoch is kept; may be empty
     * @param test what figures are told of before training; decides nothing; may be empty
     */
    public History train(
            List<LabelledTokens> messages,
            List<LabelledTokens> validation,
            List<LabelledTokens> test,
            Progress progress) {
        return new TrainingLoop(this, options, messages, validation, test, progress).run();
    }

    int vocabularySize() {
        return program.config().vocabularySize();
    }

    /** Figures of the weights that {@link #keep} would keep now. */
    Figures evaluateKept(List<LabelledTokens> messages) {
        average.swap();
        try {
            return evaluate(messages);
        } finally {
            average.swap();
        }
    }

    /** Loss and accuracy of the weights as they are now, without class weights. */
    Figures evaluate(List<LabelledTokens> messages) {
        double loss = 0;
        int right = 0;
        for (Prediction prediction : predict(messages, done -> {}).rows()) {
            loss -= Math.log(Math.max(prediction.probabilities().get(prediction.label()), Double.MIN_NORMAL));
            right += prediction.likeliest() == prediction.label() ? 1 : 0;
        }
        return new Figures(loss / messages.size(), (double) right / messages.size());
    }

    private static void requireFinite(double loss) {
        if (!Double.isFinite(loss)) {
            throw new UserException("loss: " + loss + " (expected: a finite number); lower --learning-rate");
        }
    }

    /**
     * What the weights as they are now say of messages: after training those of the epoch kept.
     *
     * @param progress is told how many messages were done since it was last told
     */
    public Predictions predict(List<LabelledTokens> messages, IntConsumer progress) {
        int[] lengths = messages.stream()
                .mapToInt(message -> TokenBatch.length(message.tokens(), options.pooling(), options.maxTokens()))
                .toArray();
        Prediction[] predictions = new Prediction[messages.size()];
        for (int[] group : LengthGroups.full(lengths, EVALUATION_TOKENS)) {
            try (NDManager scratch = program.newManager()) {
                NDList inputs =
                        inputs(Arrays.stream(group).mapToObj(messages::get).toList(), scratch);
                float[] logits = program.classify(inputs).toFloatArray();
                for (float logit : logits) {
                    requireFinite(logit);
                }
                for (int i = 0; i < group.length; i++) {
                    int first = i * labels.size();
                    List<Double> probabilities = Arrays.stream(Softmax.of(logits, first, first + labels.size()))
                            .boxed()
                            .toList();
                    predictions[group[i]] =
                            new Prediction(messages.get(group[i]).label(), probabilities);
                }
            }
            progress.accept(group.length);
        }
        return new Predictions(labels, List.of(predictions));
    }

    /** Makes a copy of the weights, or of their averages, as they are now. */
    void keep() {
        kept.values().forEach(NDArray::close);
        trained.keySet().forEach(name -> kept.put(name, WeightAverage.copy(average.of(name), manager)));
    }

    /** Puts the copy of {@link #keep} in place of the weights. */
    void restore() {
        trained.forEach((name, weight) -> {
            try (NDArray detached = weight.stopGradient()) {
                detached.set(WeightAverage.ALL, kept.get(name));
            }
        });
    }

    /** The model with the weights as they are now: after training those of the epoch kept. Adapters are merged. */
    public Checkpoint result() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        trained.forEach((name, weight) -> {
            try (NDArray detached = weight.stopGradient()) {
                tensors.put(
                        name,
                        new Tensor(detached.toFloatArray(), weight.getShape().getShape()));
            }
        });
        return options.lora() == null ? base.with(tensors) : Adapters.merged(base, tensors, options.lora());
    }

    @Override
    public void close() {
        if (frozen != null) {
            frozen.close();
        }
        program.close();
    }

    /**
     * One step.
     *
     * @param batches what the step learns from, one after the other, as if they were one batch
     * @param rate share of the highest learning rate
     * @return the weighted mean of their loss before the step
     */
    double step(List<List<LabelledTokens>> batches, double rate) {
        try (NDManager scratch = program.newManager()) {
            GradientSum gradients = new GradientSum();
            double total = batches.stream()
                    .flatMap(List::stream)
                    .mapToDouble(this::weight)
                    .sum();
            double loss = 0;
            for (List<LabelledTokens> batch : batches) {
                NDList computed = gradients(batch, total, scratch);
                try (NDArray value = computed.remove(0)) {
                    loss += value.getFloat();
                }
                gradients.add(computed);
            }
            requireFinite(loss);
            optimizer.step(gradients.clipped(options.gradientNorm()), rate * options.learningRate());
            average.update();
            return loss;
        }
    }

    private NDList gradients(List<LabelledTokens> batch, double total, NDManager scratch) {
        NDList inputs = inputs(batch, scratch);
        program.setDropoutActive(options.dropout() > 0);
        try {
            return program.gradients(inputs, targets(batch, total, scratch));
        } finally {
            program.setDropoutActive(false);
        }
    }

    private NDList inputs(List<LabelledTokens> batch, NDManager scratch) {
        List<Tokens> messages = batch.stream().map(LabelledTokens::tokens).toList();
        TokenBatch padded = TokenBatch.of(messages, options.pooling(), options.maxTokens(), program.config());
        return frozen == null ? padded.inputs(scratch) : padded.inputs(frozen.of(messages, padded, scratch), scratch);
    }

    /** {@code (batch, labels)}: at each message's label its share in the step's weighted mean, 0 elsewhere. */
    private NDArray targets(List<LabelledTokens> batch, double total, NDManager scratch) {
        float[] targets = new float[batch.size() * labels.size()];
        for (int i = 0; i < batch.size(); i++) {
            targets[i * labels.size() + batch.get(i).label()] = (float) (weight(batch.get(i)) / total);
        }
        return scratch.create(targets, new Shape(batch.size(), labels.size()));
    }

    private double weight(LabelledTokens message) {
        return options.classWeights().getOrDefault(labels.get(message.label()), 1.0);
    }
}
