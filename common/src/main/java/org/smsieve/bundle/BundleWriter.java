package org.smsieve.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.command.UserException;

/**
 * Writes a bundle into a directory beside its destination and renames it there once it is whole, so that a reader never
 * sees half a bundle.
 */
public final class BundleWriter implements AutoCloseable {
    private final Path destination;
    private final Path partial;

    private BundleWriter(Path destination, Path partial) {
        this.destination = destination;
        this.partial = partial;
    }

    /**
     * Begins a bundle.
     *
     * @param destination a directory that is not there yet, is empty, or holds a bundle, which is then replaced
     * @throws UserException if it is there and holds anything else
     * @throws IOException if the directory beside it cannot be made
     */
    public static BundleWriter begin(Path destination) throws IOException {
        check(destination);
        Path absolute = destination.toAbsolutePath().normalize();
        // Not a temporary directory of Java's, which nobody else may read.
        return new BundleWriter(absolute, Files.createDirectory(beside(absolute, "partial")));
    }

    /**
     * Checks early that a bundle can be written to {@code destination}.
     *
     * @throws UserException if it is there and holds anything but a bundle, or nothing can be written beside it
     */
    public static void check(Path destination) {
        Path absolute = destination.toAbsolutePath().normalize();
        try {
            if (Files.exists(absolute) && !isReplaceable(absolute)) {
                throw new UserException(
                        "output: " + destination + " (expected: a new or empty directory, or a bundle to replace)");
            }
            Files.createDirectories(absolute.getParent());
            Files.delete(Files.createDirectory(beside(absolute, "probe")));
        } catch (IOException e) {
            throw new UserException("output: " + destination + " cannot be written (" + e + ")", e);
        }
    }

    /** Where the files are written until {@link #commit}. */
    public Path directory() {
        return partial;
    }

    /**
     * Writes the model's files, with all that already is in {@link #directory()}, and puts the bundle in its place.
     *
     * @param type how the weights are stored
     * @param manifest the manifest, given the sha256 of each other file by its name
     */
    public void commit(Checkpoint checkpoint, TensorType type, Function<Map<String, String>, Manifest> manifest)
            throws IOException {
        checkpoint.write(partial, type);
        Map<String, String> files = new TreeMap<>();
        for (Path file : files(partial)) {
            files.put(file.getFileName().toString(), Sha256.of(file));
        }
        Bundle.JSON.writeValue(partial.resolve(Bundle.MANIFEST_FILE).toFile(), manifest.apply(files));
        Bundle.open(partial);
        if (Files.exists(destination)) {
            Path replaced = beside(destination, "replaced");
            Files.move(destination, replaced);
            Files.move(partial, destination);
            delete(replaced);
        } else {
            Files.move(partial, destination);
        }
    }

    /** Deletes what was not committed. */
    @Override
    public void close() throws IOException {
        if (Files.exists(partial)) {
            delete(partial);
        }
    }

    private static Path beside(Path destination, String purpose) {
        return destination.resolveSibling("." + destination.getFileName() + "." + purpose + "-" + UUID.randomUUID());
    }

    private static boolean isReplaceable(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        List<Path> files = files(directory);
        if (files.isEmpty()) {
            return true;
        }
        Path manifest = directory.resolve(Bundle.MANIFEST_FILE);
        if (!files.contains(manifest)) {
            return false;
        }
        // Nothing is deleted that a bundle did not bring.
        Set<String> known = new TreeSet<>(Bundle.readManifest(manifest).files().keySet());
        known.add(Bundle.MANIFEST_FILE);
        return files.stream()
                .allMatch(file -> Files.isRegularFile(file)
                        && known.contains(file.getFileName().toString()));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> found;
        try (Stream<Path> paths = Files.walk(directory)) {
            found = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : found) {
            Files.delete(path);
        }
    }
}
