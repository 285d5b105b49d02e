package org.smsieve.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.command.Interruption;
import org.smsieve.command.UserException;

/**
 * Writes a bundle beside its destination and renames it there once it is whole, so that a reader never sees half a
 * bundle. Interrupted (SIGINT, SIGTERM), the process deletes what it wrote and says so; killed, it leaves that to the
 * next one that writes there.
 */
public final class BundleWriter implements AutoCloseable {
    private final Path destination;
    private final PartialDirectory partial;
    private final Interruption interruption;

    private BundleWriter(Path destination, PartialDirectory partial) {
        this.destination = destination;
        this.partial = partial;
        this.interruption = new Interruption(this::undo);
    }

    /**
     * Begins a bundle, before the work that leads to it, so that what prevents it is known early. Until the bundle is
     * committed or closed no other process can begin one there.
     *
     * @param destination a directory that is not there yet, is empty, or holds a bundle, which is then replaced
     * @throws UserException if it is there and holds anything but a bundle, another process is writing one, or nothing
     *     can be written beside it
     */
    public static BundleWriter begin(Path destination) {
        Path absolute = destination.toAbsolutePath().normalize();
        try {
            if (Files.exists(absolute) && !isReplaceable(absolute)) {
                throw new UserException(
                        "output: " + destination + " (expected: a new or empty directory, or a bundle to replace)");
            }
            return new BundleWriter(absolute, PartialDirectory.claim(absolute));
        } catch (IOException e) {
            throw new UserException("output: " + destination + " cannot be written (" + e + ")", e);
        }
    }

    /** Where the files are written until {@link #commit}. */
    public Path directory() {
        return partial.contents();
    }

    /**
     * Writes the model's files, with all that already is in {@link #directory()}, and puts the bundle in its place.
     *
     * @param type how the weights are stored
     * @param manifest the manifest, given the sha256 of each other file by its name
     */
    public void commit(Checkpoint checkpoint, TensorType type, Function<Map<String, String>, Manifest> manifest)
            throws IOException {
        checkpoint.write(directory(), type);
        Map<String, String> files = new TreeMap<>();
        for (Path file : files(directory())) {
            files.put(file.getFileName().toString(), Sha256.of(file));
        }
        Bundle.JSON.writeValue(directory().resolve(Bundle.MANIFEST_FILE).toFile(), manifest.apply(files));
        putInPlace();
    }

    /**
     * Copies a bundle, checked on its way, byte for byte.
     *
     * @param bundle the directory of a bundle with a manifest
     * @param destination as for {@link #begin}
     * @throws org.smsieve.checkpoint.CheckpointException if the bundle is not whole and sound
     * @throws UserException as {@link #begin}
     */
    public static void copy(Path bundle, Path destination) throws IOException {
        try (BundleWriter writer = begin(destination)) {
            Set<String> names = new TreeSet<>(Bundle.readManifest(bundle.resolve(Bundle.MANIFEST_FILE))
                    .files()
                    .keySet());
            names.add(Bundle.MANIFEST_FILE);
            for (String name : names) {
                Files.copy(bundle.resolve(name), writer.directory().resolve(name));
            }
            writer.putInPlace();
        }
    }

    private void putInPlace() throws IOException {
        Bundle.open(directory());
        interruption.finish(() -> {
            partial.moveIntoPlace();
            partial.release();
        });
    }

    /** Deletes what was not committed. May be called again. */
    @Override
    public void close() throws IOException {
        interruption.finish(partial::release);
    }

    private String undo() {
        String told = "nothing was written to " + destination;
        try {
            partial.release();
            return told;
        } catch (IOException e) {
            return told + ", but something is left beside it until the next run (" + e + ")";
        }
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
}
