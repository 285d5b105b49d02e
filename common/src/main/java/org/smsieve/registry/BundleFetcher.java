package org.smsieve.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.Manifest;
import org.smsieve.bundle.Sha256;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.download.ChecksumException;
import org.smsieve.download.Download;
import org.smsieve.download.DownloadProgress;
import org.smsieve.download.Downloader;

/**
 * Brings announced bundles to this machine and checks them: every file's sha256, and before anything is allocated its
 * size. For use by one thread at a time; several processes may share a directory.
 */
public final class BundleFetcher {
    private static final int MAX_FILES = 100;

    /** So long a fetched bundle is kept after its last use, for going back to it. */
    private static final Duration KEPT_FOR = Duration.ofDays(30);

    private final Path directory;
    private final long maxBytes;
    private final Downloader downloader;

    /**
     * A fetcher.
     *
     * @param directory where bundles that are fetched over HTTP are kept, by checksum
     * @param maxBytes the most that all files of a bundle may have together
     * @param downloader fetches them
     */
    public BundleFetcher(Path directory, long maxBytes, Downloader downloader) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.downloader = downloader;
    }

    /**
     * Fetches a bundle, unless it is on this machine, and opens it.
     *
     * @throws CheckpointException if it is not whole and sound, or not the announced one: to try again is of no use
     * @throws IOException if it cannot be had: the server may have a bad moment
     */
    public Bundle fetch(Announcement announcement) throws IOException {
        Path bundle = "file".equalsIgnoreCase(announcement.address().getScheme())
                ? Path.of(announcement.address())
                : download(announcement);
        Manifest manifest = manifest(bundle.resolve(Bundle.MANIFEST_FILE), announcement);
        long bytes = 0;
        for (String file : manifest.files().keySet()) {
            Path path = bundle.resolve(file);
            bytes += Files.isRegularFile(path) ? Files.size(path) : 0;
        }
        if (bytes > maxBytes) {
            throw tooLarge(announcement, bytes + " bytes");
        }
        return Bundle.open(bundle);
    }

    /** The manifest, which is the one announced. */
    private static Manifest manifest(Path file, Announcement announcement) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + ": no such file (expected: the bundle announced)");
        }
        // Read first: it has a limit.
        Manifest manifest = Bundle.readManifest(file);
        String found = Sha256.of(file);
        if (!found.equals(announcement.sha256())) {
            throw new CheckpointException(
                    file + ": sha256 " + found + " (expected: " + announcement.sha256() + ", as announced)");
        }
        if (!manifest.model().equals(announcement.model())) {
            throw new CheckpointException(
                    file + ": is " + manifest.model() + " (expected: " + announcement.model() + ", as announced)");
        }
        if (manifest.files().size() > MAX_FILES) {
            throw new CheckpointException(
                    file + ": " + manifest.files().size() + " files (expected: at most " + MAX_FILES + ")");
        }
        return manifest;
    }

    private Path download(Announcement announcement) throws IOException {
        Path bundle = directory.resolve(announcement.sha256());
        Path manifestFile = bundle.resolve(Bundle.MANIFEST_FILE);
        get(announcement, Bundle.MANIFEST_FILE, announcement.sha256(), Bundle.MAX_MANIFEST_BYTES, bundle);
        long left = maxBytes;
        for (Map.Entry<String, String> file :
                new TreeMap<>(manifest(manifestFile, announcement).files()).entrySet()) {
            if (left < 1) {
                throw tooLarge(announcement, "more bytes");
            }
            get(announcement, file.getKey(), file.getValue(), left, bundle);
            left -= Files.size(bundle.resolve(file.getKey()));
        }
        Files.setLastModifiedTime(bundle, FileTime.from(Instant.now()));
        clean();
        return bundle;
    }

    private void get(Announcement announcement, String file, String sha256, long limit, Path bundle)
            throws IOException {
        URI source = URI.create(announcement.location().replaceFirst("/+$", "") + "/" + file);
        try {
            downloader.replace(new Download(source, bundle.resolve(file), limit, sha256), DownloadProgress.NONE);
        } catch (ChecksumException e) {
            throw new CheckpointException(e.getMessage(), e);
        }
    }

    private CheckpointException tooLarge(Announcement announcement, String found) {
        return new CheckpointException(
                announcement.location() + ": " + found + " (expected: at most " + maxBytes + ", models.max-megabytes)");
    }

    /** Deletes what was last used long ago. Whoever else uses the directory is not disturbed: that is fetched anew. */
    private void clean() throws IOException {
        Instant old = Instant.now().minus(KEPT_FOR);
        List<Path> bundles;
        try (Stream<Path> found = Files.list(directory)) {
            bundles = found.filter(path -> Manifest.SHA256
                            .matcher(path.getFileName().toString())
                            .matches())
                    .toList();
        }
        for (Path bundle : bundles) {
            if (Files.getLastModifiedTime(bundle).toInstant().isBefore(old)) {
                try (Stream<Path> files = Files.list(bundle)) {
                    for (Path file : (Iterable<Path>) files::iterator) {
                        Files.delete(file);
                    }
                }
                Files.delete(bundle);
            }
        }
    }
}
