package org.smsieve.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.smsieve.json.ForeignJson;

/**
 * A safetensors file: 8 bytes with the length of a JSON header, the header with each tensor's type, shape and place,
 * then the numbers, little-endian. The whole header is checked against the file's size before anything is allocated;
 * tensors are then read one at a time. Safe for use by several threads.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
public final class Safetensors {
    /** Longest header that is read: ten times that of the largest GPT-2. */
    private static final long MAX_HEADER_BYTES = 1 << 20;

    private static final int MAX_DIMENSIONS = 8;

    private static final int CHUNK_BYTES = 1 << 20;
    private static final String METADATA = "__metadata__";
    private static final JsonMapper JSON = ForeignJson.mapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    private final Map<String, Entry> entries;

    /** Types that weights do not have but attention-mask buffers beside them may: bytes an element. */
    private static final Map<String, Integer> NOT_WEIGHTS =
            Map.of("BOOL", 1, "U8", 1, "I8", 1, "I16", 2, "I32", 4, "I64", 8);

    /** Where a tensor lies: {@code offset} bytes from the file's beginning; no type if it is not of floats. */
    private record Entry(TensorType type, List<Long> shape, long offset, long bytes) {}

    private Safetensors(Path file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * Reads and checks a file's header.
     *
     * @throws CheckpointException if the file is not a safetensors file of float tensors in every detail: its header
     *     outside the file, tensors that overlap, leave gaps or reach beyond the end, unknown types
     * @throws IOException if it cannot be read
     */
    public static Safetensors open(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            if (size < 8) {
                throw invalid(file, "length: " + size + " bytes (expected: at least 8)");
            }
            long headerBytes = read(file, channel, 0, 8).getLong();
            if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, size - 8)) {
                throw invalid(
                        file,
                        "header length: " + headerBytes + " (expected: 2 to " + Math.min(MAX_HEADER_BYTES, size - 8)
                                + ")");
            }
            ByteBuffer header = read(file, channel, 8, (int) headerBytes);
            return new Safetensors(file, entries(file, parse(file, header), 8 + headerBytes, size));
        }
    }

    /** The file. */
    public Path path() {
        return file;
    }

    /** The names of the tensors of floats, in the order in which they are stored. */
    public Set<String> names() {
        return entries.keySet();
    }

    /** The shape of the tensor {@code name}, which must be one of {@link #names()}. */
    public long[] shape(String name) {
        return entries.get(name).shape().stream().mapToLong(Long::longValue).toArray();
    }

    /** The stored type of the tensor {@code name}, which must be one of {@link #names()}. */
    public TensorType type(String name) {
        return entries.get(name).type();
    }

    /**
     * Reads a tensor as float32.
     *
     * @param name one of {@link #names()}
     * @throws IOException if it cannot be read, or is no longer all there
     */
    public Tensor read(String name) throws IOException {
        Entry entry = entries.get(name);
        float[] values = new float[Math.toIntExact(entry.bytes() / entry.type().bytes())];
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            int next = 0;
            for (long done = 0; done < entry.bytes(); done += CHUNK_BYTES) {
                int length = (int) Math.min(CHUNK_BYTES, entry.bytes() - done);
                ByteBuffer chunk = read(file, channel, entry.offset() + done, length);
                while (chunk.hasRemaining()) {
                    values[next++] = entry.type().get(chunk);
                }
            }
        }
        return new Tensor(values, shape(name));
    }

    /**
     * Writes a file of tensors, replacing what is there. No two of them are held at a time.
     *
     * @param shapes of the tensors by name, in the order in which they are stored
     * @param tensors gives each of them, once
     * @param type how the numbers are stored; each is rounded to the nearest
     */
    static void write(Path file, Map<String, List<Long>> shapes, TensorReader tensors, TensorType type)
            throws IOException {
        ObjectNode header = JSON.createObjectNode();
        header.putObject(METADATA).put("format", "pt");
        long offset = 0;
        for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", type.name());
            ArrayNode shape = entry.putArray("shape");
            tensor.getValue().forEach(shape::add);
            long end = offset + elements(tensor.getValue()) * type.bytes();
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = JSON.writeValueAsBytes(header);
        // Padded with spaces so that the numbers start at a multiple of 8, which lets readers map them.
        int padded = (json.length + 7) / 8 * 8;
        ByteBuffer chunk =
                ByteBuffer.allocate(Math.max(CHUNK_BYTES, 8 + padded)).order(ByteOrder.LITTLE_ENDIAN);
        chunk.putLong(padded).put(json).put(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII));
        try (SeekableByteChannel channel = Files.newByteChannel(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            drain(chunk, channel);
            for (String name : shapes.keySet()) {
                for (float value : tensors.read(name).values()) {
                    if (chunk.remaining() < type.bytes()) {
                        drain(chunk, channel);
                    }
                    type.put(chunk, value);
                }
            }
            drain(chunk, channel);
        }
    }

    private static long elements(List<Long> shape) {
        return Tensor.elements(shape.stream().mapToLong(Long::longValue).toArray());
    }

    private static void drain(ByteBuffer chunk, SeekableByteChannel channel) throws IOException {
        chunk.flip();
        while (chunk.hasRemaining()) {
            channel.write(chunk);
        }
        chunk.clear();
    }

    private static ByteBuffer read(Path file, SeekableByteChannel channel, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        channel.position(offset);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException(file + ": ends before byte " + (offset + length));
            }
        }
        return buffer.flip();
    }

    private static JsonNode parse(Path file, ByteBuffer header) {
        try {
            byte[] json = new byte[header.remaining()];
            header.get(json);
            JsonNode node = JSON.readTree(json);
            if (!node.isObject()) {
                throw invalid(
                        file,
                        "header: " + node.getNodeType().name().toLowerCase(Locale.ROOT) + " (expected: a JSON object)");
            }
            return node;
        } catch (JacksonException e) {
            throw new CheckpointException(file + ": header: not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new CheckpointException(file + ": header: not JSON", e);
        }
    }

    private static Map<String, Entry> entries(Path file, JsonNode header, long dataOffset, long fileSize) {
        List<Map.Entry<String, Entry>> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : header.properties()) {
            if (!property.getKey().equals(METADATA)) {
                found.add(
                        Map.entry(property.getKey(), entry(file, property.getKey(), property.getValue(), dataOffset)));
            }
        }
        found.sort(Comparator.<Map.Entry<String, Entry>>comparingLong(
                        e -> e.getValue().offset())
                .thenComparingLong(e -> e.getValue().bytes()));
        Map<String, Entry> entries = new LinkedHashMap<>();
        long end = dataOffset;
        for (Map.Entry<String, Entry> e : found) {
            if (e.getValue().offset() != end) {
                throw invalid(
                        file,
                        e.getKey() + ": begins at " + e.getValue().offset() + " (expected: " + end
                                + ", where the tensor before it ends)");
            }
            end = Math.addExact(end, e.getValue().bytes());
            if (e.getValue().type() != null) {
                entries.put(e.getKey(), e.getValue());
            }
        }
        if (end != fileSize) {
            throw invalid(file, "length: " + fileSize + " bytes (expected: " + end + ", where the last tensor ends)");
        }
        return Collections.unmodifiableMap(entries);
    }

    private static Entry entry(Path file, String name, JsonNode node, long dataOffset) {
        JsonNode offsets = node.path("data_offsets");
        if (!node.path("shape").isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw invalid(file, name + ": (expected: dtype, shape and data_offsets)");
        }
        String dtype = node.path("dtype").asText();
        TensorType type = Stream.of(TensorType.values())
                .filter(t -> t.name().equals(dtype))
                .findFirst()
                .orElse(null);
        if (type == null && !NOT_WEIGHTS.containsKey(dtype)) {
            throw invalid(file, name + ": dtype: " + dtype + " (expected: F32, F16 or BF16)");
        }
        int width = type == null ? NOT_WEIGHTS.get(dtype) : type.bytes();
        if (node.path("shape").size() > MAX_DIMENSIONS) {
            throw invalid(
                    file,
                    name + ": shape of " + node.path("shape").size() + " dimensions (expected: at most "
                            + MAX_DIMENSIONS + ")");
        }
        List<Long> shape = new ArrayList<>();
        for (JsonNode size : node.path("shape")) {
            shape.add(natural(file, name, size));
        }
        long begin = natural(file, name, offsets.get(0));
        long end = natural(file, name, offsets.get(1));
        try {
            long elements = elements(shape);
            long bytes = Math.multiplyExact(elements, width);
            if (end - begin != bytes || elements > Integer.MAX_VALUE - 8) {
                throw invalid(file, name + ": bytes " + begin + " to " + end + " (expected: " + bytes + " bytes)");
            }
            return new Entry(type, List.copyOf(shape), Math.addExact(dataOffset, begin), bytes);
        } catch (ArithmeticException e) {
            throw new CheckpointException(file + ": " + name + ": shape " + shape + " is too large", e);
        }
    }

    private static long natural(Path file, String name, JsonNode number) {
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
            throw invalid(file, name + ": " + number + " (expected: a whole number, 0 or more)");
        }
        return number.longValue();
    }

    private static CheckpointException invalid(Path file, String what) {
        return new CheckpointException(file + ": " + what);
    }
}
