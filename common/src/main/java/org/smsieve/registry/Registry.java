package org.smsieve.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.BundleWriter;
import org.smsieve.bundle.Manifest;
import org.smsieve.bundle.Sha256;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.command.UserException;

/**
 * Bundles by name and version, each in a directory {@code NAME/VERSION} that never changes once it is there. Several
 * processes may use it at a time.
 *
 * @param directory where it is written
 * @param url the address under which an HTTP server serves that directory to the apps; empty where they read it as a
 *     directory of their own machine
 */
public record Registry(Path directory, Optional<URI> url) {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    /** With an absolute path, for the addresses of bundles. */
    public Registry {
        directory = directory.toAbsolutePath().normalize();
    }

    /**
     * Copies a bundle here, whole or not at all; does nothing where it is here already.
     *
     * @param bundle its directory
     * @throws CheckpointException if it is not whole and sound
     * @throws UserException if there is another bundle of that name and version, or the registry cannot be written to
     */
    public StoredBundle add(Path bundle) throws IOException {
        Path manifestFile = bundle.resolve(Bundle.MANIFEST_FILE);
        if (!Files.isRegularFile(manifestFile)) {
            throw new UserException(
                    bundle + ": no " + Bundle.MANIFEST_FILE + " there (expected: a bundle, as train writes them)");
        }
        Manifest manifest = Bundle.open(bundle).manifest();
        Path destination = directory.resolve(manifest.name()).resolve(manifest.version());
        if (!Files.exists(destination)) {
            BundleWriter.copy(bundle, destination);
        } else if (!Sha256.of(manifestFile).equals(Sha256.of(destination.resolve(Bundle.MANIFEST_FILE)))) {
            throw new UserException("registry.location: " + destination + " holds another bundle of that name and"
                    + " version (expected: a new version; train sets it by --model-version)");
        }
        return stored(destination);
    }

    /**
     * The bundle of a name and version; empty if it is not here.
     *
     * @throws CheckpointException if its manifest is damaged
     */
    public Optional<StoredBundle> find(String name, String version) throws IOException {
        if (!Manifest.NAME.matcher(name).matches()
                || !Manifest.NAME.matcher(version).matches()) {
            return Optional.empty();
        }
        Path found = directory.resolve(name).resolve(version);
        return Files.isRegularFile(found.resolve(Bundle.MANIFEST_FILE)) ? Optional.of(stored(found)) : Optional.empty();
    }

    /** All bundles, by name, the oldest first. What is damaged is left out, and told in the log. */
    public List<StoredBundle> bundles() throws IOException {
        List<StoredBundle> bundles = new ArrayList<>();
        for (Path name : directories(directory)) {
            for (Path version : directories(name)) {
                try {
                    bundles.add(stored(version));
                } catch (CheckpointException | NoSuchFileException e) {
                    LOG.warn("{}: no bundle: {}", version, e.getMessage());
                }
            }
        }
        bundles.sort(Comparator.comparing(
                        (StoredBundle bundle) -> bundle.manifest().name())
                .thenComparing(bundle -> bundle.manifest().created(), Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(bundle -> bundle.manifest().version()));
        return bundles;
    }

    private StoredBundle stored(Path found) throws IOException {
        Path manifestFile = found.resolve(Bundle.MANIFEST_FILE);
        Manifest manifest = Bundle.readManifest(manifestFile);
        return new StoredBundle(found, location(manifest), Sha256.of(manifestFile), manifest);
    }

    private String location(Manifest manifest) {
        String base = url.map(URI::toString)
                .orElseGet(() -> directory.toUri().toString())
                .replaceFirst("/+$", "");
        return base + "/" + manifest.name() + "/" + manifest.version() + "/";
    }

    /** Those that a bundle may stand in; hidden ones are in the making. */
    private static List<Path> directories(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(parent)) {
            return found.filter(path -> Files.isDirectory(path)
                            && Manifest.NAME
                                    .matcher(path.getFileName().toString())
                                    .matches())
                    .sorted()
                    .toList();
        }
    }
}
