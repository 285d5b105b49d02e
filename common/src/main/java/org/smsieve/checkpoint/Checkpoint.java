package org.smsieve.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.smsieve.json.ForeignJson;

/**
 * A GPT-2 model's configuration and weights, by Hugging Face's names without the prefix {@code transformer.}: from a
 * directory, from which tensors are read as they are asked for, or in memory.
 */
public final class Checkpoint {
    /** The name of the file that holds the configuration. */
    public static final String CONFIG_FILE = "config.json";

    /** The name of the file that holds the weights. */
    public static final String WEIGHTS_FILE = "model.safetensors";

    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final String PREFIX = "transformer.";
    /** Attention-mask buffers that old checkpoints carry, and the output layer, whose weights are the embedding's. */
    private static final Pattern NOT_WEIGHTS = Pattern.compile("h\\.\\d+\\.attn\\.(masked_)?bias|lm_head\\.weight");

    private static final JsonMapper JSON = ForeignJson.mapper().build();

    private final Gpt2Config config;
    private final TensorReader weights;

    private Checkpoint(Gpt2Config config, TensorReader weights) {
        this.config = config;
        this.weights = weights;
    }

    /**
     * A model in memory.
     *
     * @param weights a tensor for each of {@link Gpt2Config#parameters()}
     */
    public static Checkpoint of(Gpt2Config config, Map<String, Tensor> weights) {
        config.parameters().keySet().forEach(name -> check(config, name, weights.get(name)));
        return new Checkpoint(config, weights::get);
    }

    private static void check(Gpt2Config config, String name, Tensor tensor) {
        List<Long> shape = config.parameters().get(name);
        if (shape == null
                || tensor == null
                || !shape.equals(Arrays.stream(tensor.shape()).boxed().toList())) {
            throw new IllegalArgumentException(name + ": (expected: a tensor of shape " + shape + ")");
        }
    }

    /**
     * Opens a directory with {@code config.json} and {@code model.safetensors}, as Hugging Face transformers writes it:
     * {@code GPT2Model}, {@code GPT2LMHeadModel} or {@code GPT2ForSequenceClassification}; the weights may also be in
     * shards with a {@code model.safetensors.index.json}. They are read later, tensor by tensor.
     *
     * @throws CheckpointException if the directory does not hold such a model: the message names the file and the fault
     * @throws IOException if a file cannot be read
     */
    public static Checkpoint open(Path directory) throws IOException {
        return open(directory, readConfig(directory.resolve(CONFIG_FILE)));
    }

    /**
     * Opens a directory with the weights of a model whose configuration is known.
     *
     * @throws CheckpointException as {@link #open(Path)}
     * @throws IOException if a file cannot be read
     */
    public static Checkpoint open(Path directory, Gpt2Config config) throws IOException {
        StoredWeights stored = StoredWeights.open(directory);
        Path file = stored.listing();
        Map<String, String> storedNames = new LinkedHashMap<>();
        for (String storedName : stored.names()) {
            String name = storedName.startsWith(PREFIX) ? storedName.substring(PREFIX.length()) : storedName;
            if (storedNames.put(name, storedName) != null) {
                throw new CheckpointException(file + ": " + name + ": stands there twice, with and without " + PREFIX);
            }
        }
        config.parameters().forEach((name, shape) -> {
            if (!storedNames.containsKey(name)) {
                throw new CheckpointException(file + ": " + name + ": missing");
            }
            long[] found = stored.shape(storedNames.get(name));
            if (!shape.equals(Arrays.stream(found).boxed().toList())) {
                throw new CheckpointException(
                        file + ": " + name + ": shape " + Arrays.toString(found) + " (expected: " + shape + ")");
            }
        });
        for (String name : storedNames.keySet()) {
            if (!config.parameters().containsKey(name)
                    && !NOT_WEIGHTS.matcher(name).matches()) {
                throw new CheckpointException(
                        file + ": " + name + ": not a tensor of " + config.layers() + " blocks of GPT-2");
            }
        }
        return new Checkpoint(config, name -> stored.read(storedNames.get(name)));
    }

    /**
     * The files that hold the weights of a checkpoint's directory: {@code model.safetensors}, or the index and then the
     * shards by name.
     *
     * @throws CheckpointException if there is neither, or the index is not one
     * @throws IOException if the index cannot be read
     */
    public static List<Path> weightFiles(Path directory) throws IOException {
        return StoredWeights.files(directory);
    }

    /** The model's shape and labels. */
    public Gpt2Config config() {
        return config;
    }

    /**
     * The weights called {@code name}, one of {@link Gpt2Config#parameters()}.
     *
     * @throws IOException if they cannot be read
     */
    public Tensor tensor(String name) throws IOException {
        return weights.read(name);
    }

    /** The same model with other values for some of its tensors, by their names. */
    public Checkpoint with(Map<String, Tensor> replaced) {
        replaced.forEach((name, tensor) -> check(config, name, tensor));
        return new Checkpoint(config, name -> replaced.containsKey(name) ? replaced.get(name) : tensor(name));
    }

    /** The same model with each weight rounded to what {@code type} can store: what a file of it would hold. */
    public Checkpoint rounded(TensorType type) {
        if (type == TensorType.F32) {
            return this;
        }
        return new Checkpoint(config, name -> {
            Tensor tensor = tensor(name);
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = type.round(values[i]);
            }
            return new Tensor(values, tensor.shape());
        });
    }

    /**
     * The same model with a classification head for {@code labels}: its own if the labels are the same, else a new one
     * with random weights; none, and so a language model, for no labels.
     */
    public Checkpoint withLabels(List<String> labels, long seed) {
        Gpt2Config labelled = config.withLabels(labels);
        if (labels.equals(config.labels())) {
            return this;
        }
        if (labels.isEmpty()) {
            return new Checkpoint(labelled, weights);
        }
        Tensor score = RandomWeights.tensor(labelled, "score.weight", seed);
        return new Checkpoint(labelled, name -> name.equals("score.weight") ? score : tensor(name));
    }

    /**
     * Writes {@code config.json} and {@code model.safetensors} into a directory that exists, so that Hugging Face
     * transformers opens it.
     *
     * @param type how the weights are stored
     */
    public void write(Path directory, TensorType type) throws IOException {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        Map<String, String> names = new LinkedHashMap<>();
        config.parameters().forEach((name, shape) -> {
            String stored = name.startsWith("score.") ? name : PREFIX + name;
            shapes.put(stored, shape);
            names.put(stored, name);
        });
        Safetensors.write(directory.resolve(WEIGHTS_FILE), shapes, stored -> tensor(names.get(stored)), type);
        Files.write(
                directory.resolve(CONFIG_FILE),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config.toJson(JSON.createObjectNode(), type)));
    }

    private static Gpt2Config readConfig(Path file) throws IOException {
        try {
            if (Files.size(file) > MAX_CONFIG_BYTES) {
                throw new CheckpointException(
                        "length: " + Files.size(file) + " bytes (expected: at most " + MAX_CONFIG_BYTES + ")");
            }
            return Gpt2Config.fromJson(JSON.readTree(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file + ": no such file (expected: a Hugging Face checkpoint directory)", e);
        } catch (JacksonException e) {
            throw new CheckpointException(file + ": not JSON: " + e.getOriginalMessage(), e);
        } catch (CheckpointException e) {
            throw new CheckpointException(file + ": " + e.getMessage(), e);
        }
    }
}
