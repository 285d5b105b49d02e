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
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.Tensor;

/**
 * A GPT-2 model in libtorch's memory, ready to run. Whoever loads it closes it. One thread at a time may use it.
 *
 * <p>Arrays given and returned belong to the caller's {@link NDManager}, on {@link #device()}. Token sequences are
 * {@code (batch, tokens)} of int64, padded on the right with any token; {@code rows} are int64 indices into
 * {@code batch * tokens}.
 */
public final class Gpt2Program implements AutoCloseable {
    private final Gpt2Config config;
    private final Precision precision;
    private final Kernels kernels;
    private final NDManager manager;
    private final PtSymbolBlock module;
    private final Map<String, NDArray> methods = new HashMap<>();

    private Gpt2Program(Gpt2Config config, Precision precision, Kernels kernels, NDManager manager, byte[] archive)
            throws IOException {
        this.config = config;
        this.precision = precision;
        this.kernels = kernels;
        this.manager = manager;
        this.module = JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), true, false);
        JniUtils.enableInferenceMode(module);
    }

    /**
     * Loads a checkpoint to serve it: in the fastest kernels that the device has, with no gradients.
     *
     * @param checkpoint a classifier
     * @throws IOException if the weights cannot be read
     * @throws ai.djl.engine.EngineException if libtorch refuses the program or its memory
     */
    public static Gpt2Program forInference(Checkpoint checkpoint, Device device, Precision precision)
            throws IOException {
        if (!device.isGpu()) {
            try {
                return load(checkpoint, device, precision, Kernels.FUSED, 0, 0);
            } catch (EngineException e) {
                if (!e.getMessage().contains("mkldnn")) {
                    throw e;
                }
                // A libtorch without oneDNN, as on macOS.
            }
        }
        return load(checkpoint, device, precision, Kernels.PLAIN, 0, 0);
    }

    /**
     * Loads a checkpoint to train it, or to use its language model: in float32, with kernels that have gradients.
     *
     * @param frozenBlocks how many of the lower blocks {@link #hidden} computes, in [0, layers]
     * @param dropout share of the activations zeroed in training mode, in [0, 1)
     * @throws IOException if the weights cannot be read
     */
    public static Gpt2Program forTraining(Checkpoint checkpoint, Device device, int frozenBlocks, double dropout)
            throws IOException {
        return load(checkpoint, device, Precision.FP32, Kernels.PLAIN, frozenBlocks, dropout);
    }

    static Gpt2Program load(
            Checkpoint checkpoint, Device device, Precision precision, Kernels kernels, int split, double dropout)
            throws IOException {
        Gpt2Config config = checkpoint.config();
        Gpt2Source source = new Gpt2Source(config, precision, kernels, split, dropout);
        byte[] archive = ScriptArchive.of(Gpt2Source.TYPE, source.text(), source.attributes());
        NDManager manager = NDManager.newBaseManager(device, "PyTorch");
        try {
            Gpt2Program program = new Gpt2Program(config, precision, kernels, manager, archive);
            program.takeWeights(checkpoint);
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

    /**
     * {@code (batch, tokens)} to the hidden states below the blocks that are trained, {@code (batch, tokens, embed)}.
     */
    public NDArray hidden(NDArray tokens) {
        return run("hidden", false, tokens);
    }

    /** The same hidden states and one row a sequence to logits, {@code (batch, labels)}, in float32. */
    public NDArray classifyHidden(NDArray hidden, NDArray rows, boolean training) {
        return run("classify_hidden", training, hidden, rows);
    }

    /** {@code (batch, tokens)} and one row a sequence to logits, {@code (batch, labels)}, in float32. */
    public NDArray classify(NDArray tokens, NDArray rows, boolean training) {
        return run("forward", training, tokens, rows);
    }

    /** {@code (batch, tokens)} and any rows to the logits of the token after each, {@code (rows, vocabulary)}. */
    public NDArray languageModel(NDArray tokens, NDArray rows, boolean training) {
        return run("language_model", training, tokens, rows);
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
     * The weights themselves, by the names of {@link Gpt2Config#parameters()}, for an optimiser to change in place.
     * They belong to the program. Only of programs loaded for training.
     */
    public Map<String, NDArray> parameters() {
        if (kernels != Kernels.PLAIN) {
            throw new IllegalStateException("fused weights cannot be trained");
        }
        Map<String, NDArray> byAttribute = new HashMap<>();
        for (NDArray parameter : JniUtils.moduleGetParams(module, (PtNDManager) manager)) {
            byAttribute.put(parameter.getName(), parameter);
        }
        Map<String, NDArray> parameters = new LinkedHashMap<>();
        for (String name : config.parameters().keySet()) {
            parameters.put(name, byAttribute.get(Gpt2Source.attribute(name)));
        }
        return parameters;
    }

    /** Frees the weights and everything made from {@link #newManager()}. May be called again. */
    @Override
    public void close() {
        manager.close();
    }

    private void takeWeights(Checkpoint checkpoint) throws IOException {
        load(checkpoint, "load_embeddings", List.of("wte.weight", "wpe.weight"));
        for (int layer = 0; layer < config.layers(); layer++) {
            load(
                    checkpoint,
                    "load_block_" + layer,
                    config.blockParameters(layer).keySet());
        }
        load(
                checkpoint,
                "load_head",
                config.labels().isEmpty()
                        ? List.of("ln_f.weight", "ln_f.bias")
                        : List.of("ln_f.weight", "ln_f.bias", "score.weight"));
    }

    private void load(Checkpoint checkpoint, String method, Collection<String> names) throws IOException {
        try (NDManager transfer = manager.newSubManager()) {
            NDList weights = new NDList();
            for (String name : names) {
                Tensor tensor = checkpoint.tensor(name);
                NDArray array = transfer.create(tensor.values(), new Shape(tensor.shape()));
                array.setName("weights[]");
                weights.add(array);
            }
            // With gradients possible: tensors made in inference mode could never be trained.
            run(method, true, weights.toArray(NDArray[]::new));
        }
    }

    /** Runs a method; the result belongs to the manager of the first input. */
    private NDArray run(String method, boolean training, NDArray... inputs) {
        // The graph optimiser would compile anew for every new length. Its switch belongs to the thread.
        JniUtils.setGraphExecutorOptimize(false);
        NDList list = new NDList(inputs);
        list.add(methods.computeIfAbsent(method, this::methodName));
        return IValueUtils.forward(module, list, training).singletonOrThrow();
    }

    /** DJL calls the method that an array is named after; the array itself is not passed on. */
    private NDArray methodName(String method) {
        NDArray name = manager.create(new Shape(), DataType.INT32);
        name.setName("module_method:" + method);
        return name;
    }
}
