package org.smsieve.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void readsWhatItWrote(TensorType type) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", new Tensor(new float[] {1, -2, 0.5f, 4, 5, 6}, 2, 3));
        tensors.put("empty", new Tensor(new float[0], 0, 7));
        tensors.put("a", new Tensor(new float[] {8}, 1));
        Path file = directory.resolve("x.safetensors");

        write(file, tensors, type);

        Safetensors read = Safetensors.open(file);
        assertThat(read.names()).containsExactlyInAnyOrder("b", "empty", "a");
        assertThat(read.type("b")).isEqualTo(type);
        assertThat(read.shape("b")).containsExactly(2, 3);
        assertThat(read.read("b").values()).containsExactly(1, -2, 0.5f, 4, 5, 6);
        assertThat(read.read("empty").values()).isEmpty();
        assertThat(read.read("a").values()).containsExactly(8);
    }

    @Test
    void writesEachTensorBeforeItAsksForTheNext() throws IOException {
        Path file = directory.resolve("x.safetensors");
        int elements = 1 << 20;
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put("first", List.of((long) elements));
        shapes.put("second", List.of((long) elements));
        List<Long> sizes = new ArrayList<>();

        Safetensors.write(
                file,
                shapes,
                name -> {
                    sizes.add(Files.size(file));
                    return new Tensor(new float[elements], elements);
                },
                TensorType.F32);

        // But for a chunk that is not full yet.
        assertThat(sizes).hasSize(2);
        assertThat(sizes.get(0)).isLessThan(1_000);
        assertThat(sizes.get(1)).isGreaterThan(3 << 20);
    }

    @Test
    void leavesOutTensorsThatAreNotOfFloats() throws IOException {
        Path file = write(
                "{\"mask\":{\"dtype\":\"BOOL\",\"shape\":[4],\"data_offsets\":[0,4]},"
                        + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                8);

        assertThat(Safetensors.open(file).names()).containsExactly("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"x\"",
                "{\"x\":1}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}",
                "{\"x\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[9999999999999,9999999999999],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{}"
            })
    void refusesAHeaderThatDoesNotFitTheFile(String header) throws IOException {
        Path file = write(header, 4);

        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 100, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE})
    void refusesAHeaderLengthBeyondTheFile(long length) throws IOException {
        Path file = directory.resolve("x.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .array());

        assertThatThrownBy(() -> Safetensors.open(file)).isInstanceOf(CheckpointException.class);
    }

    @Test
    void refusesEveryTruncatedFile() throws IOException {
        Path file = directory.resolve("x.safetensors");
        write(file, Map.of("x", new Tensor(new float[] {1, 2}, 2)), TensorType.F32);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Safetensors.open(file)).isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void givesNothingButTensorsOrARefusalForMutatedFiles() throws IOException {
        Path file = directory.resolve("x.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("x", new Tensor(new float[] {1, 2}, 2, 1));
        tensors.put("y", new Tensor(new float[] {3}, 1));
        write(file, tensors, TensorType.F32);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            byte[] mutated = whole.clone();
            for (int change = 0; change <= random.nextInt(3); change++) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, mutated);
            try {
                Safetensors read = Safetensors.open(file);
                for (String name : read.names()) {
                    assertThat(read.read(name).values().length).isLessThanOrEqualTo(6);
                }
            } catch (CheckpointException e) {
                assertThat(e).hasMessageStartingWith(file.toString());
            }
        }
    }

    /** Writes tensors that are all in memory, in the map's order. */
    static void write(Path file, Map<String, Tensor> tensors, TensorType type) throws IOException {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) ->
                shapes.put(name, Arrays.stream(tensor.shape()).boxed().toList()));
        Safetensors.write(file, shapes, tensors::get, type);
    }

    private Path write(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        return Files.write(directory.resolve("x.safetensors"), bytes.array());
    }
}
