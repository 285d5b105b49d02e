package org.smsieve.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.bundle.Sha256;
import org.smsieve.command.UserException;

/**
 * A split as a directory: {@code train.csv}, {@code validation.csv} and {@code test.csv} with the columns
 * {@code Label,Text}, the labels as integers, and {@code labels.json}, the labels' names in the order of the integers.
 * The CSV files are byte for byte what pandas writes; without {@code labels.json} 0 is ham and 1 is spam, as in the
 * book.
 */
public final class DataDirectory {
    private static final String LABELS = "labels.json";
    private static final List<String> PARTS = List.of("train.csv", "validation.csv", "test.csv");
    private static final ObjectMapper JSON = new ObjectMapper();

    private DataDirectory() {}

    /**
     * Reads the three parts, in which labels may also stand by name.
     *
     * @throws UserException if a file is missing, cannot be read or has bad rows that are refused, or the training part
     *     has messages of fewer than two labels
     */
    public static Split read(Path directory, BadRows badRows) {
        List<byte[]> contents = new ArrayList<>();
        List<List<Example>> parts = new ArrayList<>();
        for (String part : PARTS) {
            Path file = directory.resolve(part);
            byte[] content = LabelledFile.bytes(file);
            contents.add(content);
            parts.add(LabelledFile.examples(file, content, false, badRows));
        }
        Path name = directory.toAbsolutePath().normalize().getFileName();
        Source source = new Source(String.valueOf(name), Sha256.of(contents.toArray(byte[][]::new)));
        // Named together: a part alone may lack a label.
        Dataset whole = LabelledFile.dataset(
                source,
                labelNames(directory.resolve(PARTS.get(0))),
                parts.stream().flatMap(List::stream).toList());
        int trainEnd = parts.get(0).size();
        int validationEnd = trainEnd + parts.get(1).size();
        Dataset train = whole.with(whole.examples().subList(0, trainEnd));
        Labels.requireTwo(train);
        return new Split(
                train,
                whole.with(whole.examples().subList(trainEnd, validationEnd)),
                whole.with(whole.examples().subList(validationEnd, whole.size())));
    }

    /**
     * Writes the parts, each file whole or not at all. Files that are there with the same content are left alone.
     *
     * @param replace whether files of other content may be replaced
     * @throws UserException if there are such files and they may not, or the directory cannot be written
     */
    public static void write(Split split, Path directory, boolean replace) {
        Map<Path, byte[]> files = new LinkedHashMap<>();
        files.put(directory.resolve(PARTS.get(0)), csv(split.train()));
        files.put(directory.resolve(PARTS.get(1)), csv(split.validation()));
        files.put(directory.resolve(PARTS.get(2)), csv(split.test()));
        files.put(directory.resolve(LABELS), json(split.labels()));
        try {
            Files.createDirectories(directory);
            for (Map.Entry<Path, byte[]> file : files.entrySet()) {
                if (!replace && differs(file.getKey(), file.getValue())) {
                    throw new UserException(
                            "output: " + file.getKey() + " holds other data (expected: a new directory);"
                                    + " choose another one, or add --force to replace it");
                }
            }
            writeAll(files);
        } catch (IOException e) {
            throw new UserException(
                    "output: " + directory + " (expected: a directory to write to); it failed with " + e, e);
        }
    }

    /** The names of the integer labels in {@code file}, none unless it is a part in a data directory that has them. */
    static List<String> labelNames(Path file) {
        Path labels = file.resolveSibling(LABELS);
        if (!PARTS.contains(String.valueOf(file.getFileName())) || !Files.exists(labels)) {
            return List.of();
        }
        List<String> names;
        try {
            names = List.of(JSON.readValue(LabelledFile.bytes(labels), String[].class));
        } catch (IOException | NullPointerException e) {
            throw new UserException("data: " + labels + " (expected: a JSON array of the labels' names); mend it", e);
        }
        if (names.isEmpty() || new HashSet<>(names).size() != names.size()) {
            throw new UserException("data: " + labels + " (expected: different names, one at least); mend it");
        }
        return names;
    }

    private static boolean differs(Path file, byte[] content) throws IOException {
        return Files.exists(file) && !Arrays.equals(Files.readAllBytes(file), content);
    }

    private static void writeAll(Map<Path, byte[]> files) throws IOException {
        try {
            for (Map.Entry<Path, byte[]> file : files.entrySet()) {
                Files.write(temporary(file.getKey()), file.getValue());
            }
            for (Path file : files.keySet()) {
                Files.move(temporary(file), file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            for (Path file : files.keySet()) {
                Files.deleteIfExists(temporary(file));
            }
        }
    }

    private static Path temporary(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".tmp");
    }

    private static byte[] csv(Dataset dataset) {
        StringBuilder csv = new StringBuilder("Label,Text\n");
        for (Example example : dataset.examples()) {
            csv.append(dataset.labelId(example))
                    .append(',')
                    .append(quoted(example.text()))
                    .append('\n');
        }
        return csv.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Quoted where it must be, as Python's {@code csv.QUOTE_MINIMAL}. */
    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static byte[] json(List<String> labels) {
        try {
            return (JSON.writeValueAsString(labels) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a list of strings is always JSON", e);
        }
    }
}
