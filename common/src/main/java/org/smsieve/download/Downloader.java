package org.smsieve.download;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.bundle.Sha256;

/**
 * Fetches files over HTTP, through the proxy that the JVM knows of ({@code https.proxyHost}, {@code http.proxyHost},
 * {@code java.net.useSystemProxies}). A file comes under its name whole and checked, or not at all; what came before a
 * connection broke is kept beside it and only the rest is asked for, also by a later process. Safe for use by several
 * threads and processes: of those that want the same file one fetches it, and the others wait.
 */
public final class Downloader {
    private static final long LOCK_POLL_MILLIS = 100;

    /** Whoever waits longer than a second is told why. */
    private static final int SILENT_POLLS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Downloader.class);

    /** Whether there is nothing left to do, asked by whoever holds the lock. */
    private interface Check {
        boolean isTrue() throws IOException;
    }

    private final HttpClient client;
    private final Patience patience;

    /** A downloader that waits no longer than {@code patience}. */
    public Downloader(Patience patience) {
        this.patience = patience;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience.connect())
                .followRedirects(HttpClient.Redirect.NORMAL);
        if (ProxySelector.getDefault() != null) {
            builder.proxy(ProxySelector.getDefault());
        }
        this.client = builder.build();
    }

    /**
     * Fetches a file, unless its destination is there. What comes with a wrong checksum is deleted.
     *
     * @param progress called by this thread
     * @throws ChecksumException if it is not the one whose checksum is known
     * @throws DownloadException if it cannot be had; a failure that may pass is only told after several attempts
     * @throws IOException if the destination cannot be written to
     */
    public void fetch(Download download, DownloadProgress progress) throws IOException {
        fetchUnless(() -> Files.exists(download.destination()), download, progress);
    }

    /**
     * Fetches a file in place of another that is at its destination, and stays there until the new one is whole.
     *
     * @param progress called by this thread
     * @throws IOException as {@link #fetch}
     */
    public void replace(Download download, DownloadProgress progress) throws IOException {
        fetchUnless(() -> isSound(download), download, progress);
    }

    private void fetchUnless(Check done, Download download, DownloadProgress progress) throws IOException {
        Files.createDirectories(download.destination().getParent());
        // Its lock ends with the channel, or with the process.
        try (FileChannel lock =
                FileChannel.open(download.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int polls = 0; !isHeld(lock, download.lock()); polls++) {
                if (polls == SILENT_POLLS) {
                    LOG.info("{}: another process is fetching it; waiting for that", download.destination());
                }
                Thread.sleep(LOCK_POLL_MILLIS);
            }
            if (!done.isTrue()) {
                new Transfer(client, patience, download, progress).run();
                Files.move(download.partial(), download.destination(), StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(download.address() + ": interrupted").initCause(e);
        }
    }

    /** Whether another process has replaced the file meanwhile. */
    private static boolean isSound(Download download) throws IOException {
        return download.sha256() != null
                && Files.exists(download.destination())
                && Sha256.of(download.destination()).equals(download.sha256());
    }

    private static boolean isHeld(FileChannel lock, Path file) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it.
            return false;
        } catch (IOException e) {
            throw new IOException(
                    file + ": cannot be locked (expected: a file system with locks): " + e.getMessage(), e);
        }
    }
}
