package org.smsieve.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.smsieve.json.ForeignJson;

/**
 * The tensors in a checkpoint's directory: those of {@code model.safetensors}, or of several files, the shards, which
 * {@code model.safetensors.index.json} names for each tensor in its {@code weight_map}.
 */
final class StoredWeights {
    private static final String INDEX_FILE = Checkpoint.WEIGHTS_FILE + ".index.json";

    /** Ten times that of the largest GPT-2. */
    private static final long MAX_INDEX_BYTES = 1 << 20;

    /** A name that stays within the directory. */
    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}\\.safetensors");

    private static final JsonMapper JSON = ForeignJson.mapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path listing;
    private final Map<String, Safetensors> files;

    private StoredWeights(Path listing, Map<String, Safetensors> files) {
        this.listing = listing;
        this.files = files;
    }

    /**
     * Reads the index, if there is one, and the headers of all files.
     *
     * @throws CheckpointException if a file is missing or not sound
     * @throws IOException if a file cannot be read
     */
    static StoredWeights open(Path directory) throws IOException {
        Path listing = listing(directory);
        Map<String, Safetensors> files = new LinkedHashMap<>();
        if (listing.endsWith(Checkpoint.WEIGHTS_FILE)) {
            Safetensors only = Safetensors.open(listing);
            only.names().forEach(name -> files.put(name, only));
            return new StoredWeights(listing, files);
        }
        Map<String, Safetensors> shards = new TreeMap<>();
        for (Map.Entry<String, String> tensor : weightMap(listing).entrySet()) {
            String shard = tensor.getValue();
            if (!shards.containsKey(shard)) {
                shards.put(shard, openShard(directory.resolve(shard)));
            }
            files.put(tensor.getKey(), shards.get(shard));
        }
        return new StoredWeights(listing, files);
    }

    /** The files that hold the weights: the only one, or the index and then the shards by name. */
    static List<Path> files(Path directory) throws IOException {
        Path listing = listing(directory);
        List<Path> files = new ArrayList<>(List.of(listing));
        if (!listing.endsWith(Checkpoint.WEIGHTS_FILE)) {
            weightMap(listing).values().stream()
                    .distinct()
                    .sorted()
                    .map(directory::resolve)
                    .forEach(files::add);
        }
        return files;
    }

    /** The names of the tensors, whether or not each is where the index says. */
    Set<String> names() {
        return files.keySet();
    }

    /** The file to name where a tensor is missing from it. */
    Path listing() {
        return listing;
    }

    /** The shape of one of {@link #names()}. */
    long[] shape(String name) {
        Safetensors file = files.get(name);
        if (!file.names().contains(name)) {
            throw new CheckpointException(
                    file.path() + ": " + name + ": missing, but said to be there by " + INDEX_FILE);
        }
        return file.shape(name);
    }

    /** Reads one of {@link #names()} that has a shape. */
    Tensor read(String name) throws IOException {
        return files.get(name).read(name);
    }

    private static Path listing(Path directory) {
        Path only = directory.resolve(Checkpoint.WEIGHTS_FILE);
        Path index = directory.resolve(INDEX_FILE);
        if (!Files.isRegularFile(only) && !Files.isRegularFile(index)) {
            throw new CheckpointException(only + ": no such file (expected: the model's weights as safetensors)");
        }
        return Files.isRegularFile(only) ? only : index;
    }

    private static Safetensors openShard(Path shard) throws IOException {
        if (!Files.isRegularFile(shard)) {
            throw new CheckpointException(shard + ": no such file, but named in " + INDEX_FILE);
        }
        return Safetensors.open(shard);
    }

    /** The shard of each tensor. */
    private static Map<String, String> weightMap(Path index) throws IOException {
        long bytes = Files.size(index);
        if (bytes > MAX_INDEX_BYTES) {
            throw new CheckpointException(
                    index + ": length: " + bytes + " bytes (expected: at most " + MAX_INDEX_BYTES + ")");
        }
        Map<String, String> shards = new LinkedHashMap<>();
        try {
            JsonNode weightMap = JSON.readTree(Files.readAllBytes(index)).path("weight_map");
            if (!weightMap.isObject()) {
                throw new CheckpointException(index + ": weight_map: (expected: an object, tensor to file)");
            }
            for (Map.Entry<String, JsonNode> tensor : weightMap.properties()) {
                String shard = tensor.getValue().asText();
                if (!SHARD.matcher(shard).matches()) {
                    throw new CheckpointException(index + ": weight_map: " + tensor.getKey() + ": " + shard
                            + " (expected: the name of a .safetensors file beside the index)");
                }
                shards.put(tensor.getKey(), shard);
            }
        } catch (JacksonException e) {
            throw new CheckpointException(index + ": not JSON: " + e.getOriginalMessage(), e);
        }
        return shards;
    }
}
