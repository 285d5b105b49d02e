package org.smsieve.gpt2;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.Tensor;

/**
 * A GPT-2 model in libtorch's memory, ready to run. Whoever loads it closes it. Several threads may call what is for
 * inference at once; else one at a time may use it.
 *
 * <p>Inputs are those of {@link TokenBatch#inputs}. Arrays given and returned belong to the caller's {@link NDManager},
 * on {@link #device()}; those returned are of float32.
 */
public final class Gpt2Program implements AutoCloseable {
    /** The largest width of a small model. */
    private static final int SMALL_WIDTH = 256;

    private final Gpt2Config config;
    private final Precision precision;
    private final Kernels kernels;
    private final ModelPart part;
    private final Training training;
    private final NDManager manager;
    private final PtSymbolBlock module;
    private final Map<String, NDArray> methods = new ConcurrentHashMap<>();

    private Gpt2Program(
            Gpt2Config config,
            Precision precision,
            Kernels kernels,
            ModelPart part,
            Training training,
            NDManager manager,
            byte[] archive)
            throws IOException {
        this.config = config;
        this.precision = precision;
        this.kernels = kernels;
        this.part = part;
        this.training = training;
        this.manager = manager;
        this.module = JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), true, false);
        JniUtils.enableInferenceMode(module);
    }

    /**
     * Loads a checkpoint to serve it: in the fastest kernels that the device has, with no gradients.
     *
     * @param checkpoint a classifier, or a language model
     * @throws IOException if the weights cannot be read
     * @throws ai.djl.engine.EngineException if libtorch refuses the program or its memory
     */
    public static Gpt2Program forInference(Checkpoint checkpoint, Device device, Precision precision)
            throws IOException {
        return fastest(checkpoint, device, precision, ModelPart.whole(checkpoint.config()));
    }

    /**
     * Loads the embeddings and the lower blocks alone, to compute {@link #hidden} fast.
     *
     * @param blocks how many, in [0, layers]
     * @throws IOException if the weights cannot be read
     */
    public static Gpt2Program frozenBlocks(Checkpoint checkpoint, Device device, Precision precision, int blocks)
            throws IOException {
        return fastest(checkpoint, device, precision, ModelPart.below(blocks));
    }

    private static Gpt2Program fastest(Checkpoint checkpoint, Device device, Precision precision, ModelPart part)
            throws IOException {
        if (precision == Precision.INT8) {
            return load(checkpoint, device, precision, Kernels.QUANTISED, part, null, Map.of());
        }
        if (device.isGpu()) {
            return load(checkpoint, device, precision, Kernels.PLAIN, part, null, Map.of());
        }
        if (precision == Precision.BF16 || !isSmall(checkpoint.config())) {
            try {
                return load(checkpoint, device, precision, Kernels.ONEDNN, part, null, Map.of());
            } catch (EngineException e) {
                if (!e.getMessage().contains("mkldnn")) {
                    throw e;
                }
                // A libtorch without oneDNN, as on macOS.
            }
        }
        return load(checkpoint, device, precision, Kernels.BLAS, part, null, Map.of());
    }

    private static boolean isSmall(Gpt2Config config) {
        return config.embed() <= SMALL_WIDTH;
    }

    /**
     * Loads a classifier to train it: in float32, with kernels that have gradients, from the first block that is not
     * frozen on.
     *
     * @param adapters the first weights of {@link Training#lora}'s factors, by their names; none without adapters
     * @throws IOException if the weights cannot be read
     */
    public static Gpt2Program forTraining(
            Checkpoint checkpoint, Device device, Training training, Map<String, Tensor> adapters) throws IOException {
        Gpt2Program program = load(
                checkpoint,
                device,
                Precision.FP32,
                Kernels.PLAIN,
                ModelPart.from(training.frozenBlocks(), checkpoint.config()),
                training,
                adapters);
        Map<String, NDArray> weights = program.parameters();
        training.trained().forEach(name -> weights.get(name).setRequiresGradient(true));
        return program;
    }

    static Gpt2Program load(
            Checkpoint checkpoint,
            Device device,
            Precision precision,
            Kernels kernels,
            ModelPart part,
            Training training,
            Map<String, Tensor> adapters)
            throws IOException {
        Gpt2Config config = checkpoint.config();
        Gpt2Source source = new Gpt2Source(config, precision, kernels, part, training);
        byte[] archive = ScriptArchive.of(Gpt2Source.TYPE, source.text(), source.attributes(), source.packed());
        NDManager manager = NDManager.newBaseManager(device, "PyTorch");
        try {
            Gpt2Program program = new Gpt2Program(config, precision, kernels, part, training, manager, archive);
            program.takeWeights(checkpoint, adapters);
            return program;
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** The model's shape and labels. */
    public Gpt2Config config() {
        return config;
    }

    /**
     * Whether it is so narrow that a processor's cache holds a block's weights, if the block's inside is not unusual.
     */
    public boolean isSmall() {
        return isSmall(config);
    }

    /** The precision of its weights. */
    public Precision precision() {
        return precision;
    }

    /** Where it runs. */
    public Device device() {
        return manager.getDevice();
    }

    /** A manager for arrays of the caller's, who closes it; closed with the program at the latest. */
    public NDManager newManager() {
        return manager.newSubManager();
    }

    /** The hidden states above the last block loaded, {@code (positions, embed)}. Only of {@link #frozenBlocks}. */
    public NDArray hidden(NDList inputs) {
        return run(false, "forward", inputs).singletonOrThrow();
    }

    /** The logits of each message, {@code (batch, labels)}. Of a program without its lower blocks too. */
    public NDArray classify(NDList inputs) {
        return run(false, "forward", inputs).singletonOrThrow();
    }

    /** The logits of the token after each row, {@code (rows, vocabulary)}. */
    public NDArray languageModel(NDList inputs) {
        return run(false, "forward", inputs).singletonOrThrow();
    }

    /**
     * The loss on a batch and its gradients. Only of programs loaded for training.
     *
     * @param targets {@code (batch, labels)}: each message's share in the loss at its label, 0 elsewhere
     * @return the cross entropy, then the gradients in the order of {@link Training#trained}
     */
    public NDList gradients(NDList inputs, NDArray targets) {
        // The switch belongs to the thread, and DJL has it off.
        JniUtils.setGradMode(true);
        NDList result;
        try {
            NDList all = new NDList(inputs);
            all.add(targets);
            result = run(true, "gradients", all);
        } finally {
            JniUtils.setGradMode(false);
        }
        if (result.size() != 1 + training.trained().size()) {
            throw new IllegalStateException("gradients: " + (result.size() - 1) + " (expected: "
                    + training.trained().size() + ")");
        }
        return result;
    }

    /**
     * One step of AdamW. Only of programs loaded for training.
     *
     * @param gradients in the order of {@link Training#trained}, as are the moments; may be overwritten
     * @param means the gradients' running means, zeros at first; changed in place
     * @param variances the running means of their squares, likewise
     * @param step the number of this step, counted from 1, a float32 scalar
     * @param settings learning rate and weight decay, {@code (2)} of float64
     */
    public void update(NDList gradients, NDList means, NDList variances, NDArray step, NDArray settings) {
        NDList inputs = new NDList();
        inputs.addAll(named("gradients[]", gradients));
        inputs.addAll(named("means[]", means));
        inputs.addAll(named("variances[]", variances));
        inputs.add(step);
        inputs.add(settings);
        run(true, "update", inputs).close();
    }

    /** Switches dropout on or off; off after loading. */
    public void setDropoutActive(boolean active) {
        if (active) {
            JniUtils.enableTrainingMode(module);
        } else {
            JniUtils.enableInferenceMode(module);
        }
    }

    /**
     * The weights themselves, by the names of {@link Gpt2Config#parameters()} and {@link Lora#parameters}, to be
     * changed in place. They belong to the program. Only of programs loaded for training.
     */
    public Map<String, NDArray> parameters() {
        if (kernels != Kernels.PLAIN) {
            throw new IllegalStateException("weights loaded for inference cannot be trained");
        }
        Map<String, NDArray> byAttribute = new HashMap<>();
        for (NDArray parameter : JniUtils.moduleGetParams(module, (PtNDManager) manager)) {
            byAttribute.put(parameter.getName(), parameter);
        }
        Map<String, NDArray> parameters = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(config.parameters().keySet());
        if (training != null && training.lora() != null) {
            names.addAll(training.lora().parameters(config).keySet());
        }
        for (String name : names) {
            NDArray parameter = byAttribute.get(Gpt2Source.attribute(name));
            if (parameter != null) {
                parameters.put(name, parameter);
            }
        }
        return parameters;
    }

    /** Frees the weights and everything made from {@link #newManager()}. May be called again. */
    @Override
    public void close() {
        manager.close();
    }

    private void takeWeights(Checkpoint checkpoint, Map<String, Tensor> adapters) throws IOException {
        if (part.begin() == 0) {
            load("load_embeddings", List.of("wte.weight", "wpe.weight"), checkpoint::tensor);
        }
        for (int layer = part.begin(); layer < part.end(); layer++) {
            load("load_block_" + layer, config.blockParameters(layer).keySet(), checkpoint::tensor);
        }
        if (part.head()) {
            load(
                    "load_head",
                    config.labels().isEmpty()
                            ? List.of("ln_f.weight", "ln_f.bias")
                            : List.of("ln_f.weight", "ln_f.bias", "score.weight"),
                    checkpoint::tensor);
        }
        if (training != null && training.lora() != null) {
            load("load_adapters", training.lora().parameters(config).keySet(), adapters::get);
        }
    }

    private interface Weights {
        Tensor get(String name) throws IOException;
    }

    private void load(String method, Collection<String> names, Weights source) throws IOException {
        try (NDManager transfer = manager.newSubManager()) {
            NDList weights = new NDList();
            for (String name : names) {
                Tensor tensor = source.get(name);
                weights.add(transfer.create(tensor.values(), new Shape(tensor.shape())));
            }
            // With gradients possible: tensors made in inference mode could never be trained.
            run(true, method, named("weights[]", weights));
        }
    }

    /** Arrays of a name that ends so DJL hands over as one list. */
    private static NDList named(String name, NDList arrays) {
        arrays.forEach(array -> array.setName(name));
        return arrays;
    }

    /** Runs a method; the result belongs to the manager of the first input. */
    private NDList run(boolean gradients, String method, NDList inputs) {
        // The graph optimiser would compile anew for every new length. Its switch belongs to the thread.
        JniUtils.setGraphExecutorOptimize(false);
        NDList list = new NDList(inputs);
        list.add(methods.computeIfAbsent(method, this::methodName));
        return IValueUtils.forward(module, list, gradients);
    }

    /** DJL calls the method that an array is named after; the array itself is not passed on. */
    private NDArray methodName(String method) {
        NDArray name = manager.create(new Shape(), DataType.INT32);
        name.setName("module_method:" + method);
        return name;
    }
}
