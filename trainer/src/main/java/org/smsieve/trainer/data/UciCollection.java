package org.smsieve.trainer.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.bundle.Sha256;
import org.smsieve.command.UserException;
import org.smsieve.download.Download;
import org.smsieve.download.DownloadException;
import org.smsieve.download.DownloadProgress;
import org.smsieve.download.Downloader;
import org.smsieve.download.Patience;
import org.smsieve.download.Site;
import org.smsieve.download.UserDirectory;

/**
 * The SMS Spam Collection by Tiago Almeida and José Hidalgo (doi.org/10.24432/C5CC84, CC BY 4.0) from the UCI Machine
 * Learning Repository: 5,574 messages. Fetched when it is first asked for, and then kept as
 * {@code SMSSpamCollection.tsv}.
 *
 * @param site the repository's or a mirror of it
 * @param cache the directory to keep it in
 * @param downloader what fetches it
 * @param sha256 of the file with the messages
 */
public record UciCollection(Site site, Path cache, Downloader downloader, String sha256) {
    /** The environment's variable for a mirror of the repository. */
    public static final String MIRROR = "SMSIEVE_UCI_MIRROR";

    /** Of the collection's bytes, whatever the file is called. */
    public static final String SHA256 = "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d";

    private static final String USUAL_SITE = "https://archive.ics.uci.edu";
    private static final String ARCHIVE = "sms+spam+collection.zip";
    private static final String ARCHIVE_PATH = "/static/public/228/" + ARCHIVE;
    private static final String ENTRY = "SMSSpamCollection";

    /** The archive has about 200 KB; its checksum is not known. */
    private static final long MAX_ARCHIVE_BYTES = 4 << 20;

    /** The file has 477,907. What an entry says of its size is not to be relied on. */
    private static final int MAX_FILE_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(UciCollection.class);

    /** The collection in this user's cache. */
    public static UciCollection ofUser() {
        return new UciCollection(
                Site.of(System.getenv(), MIRROR, USUAL_SITE),
                UserDirectory.CACHE.path(),
                new Downloader(Patience.DEFAULT),
                SHA256);
    }

    /**
     * The file with the messages, which this fetches if it is not there or damaged.
     *
     * @throws UserException if it cannot be had: the message says which file to put where
     */
    public Path file(DownloadProgress progress) {
        Path file = cache.resolve(ENTRY + ".tsv");
        Path archive = cache.resolve(ARCHIVE);
        List<String> faults = new ArrayList<>();
        try {
            if (Files.exists(file)) {
                String found = Sha256.of(file);
                if (found.equals(sha256)) {
                    return file;
                }
                faults.add(file + ": sha256 " + found + " (expected: " + sha256 + ")");
                LOG.warn("{}; unpacking it anew", faults.get(0));
            }
            if (Files.exists(archive)) {
                try {
                    return unpack(archive, file);
                } catch (UnsoundException e) {
                    faults.add(e.getMessage());
                    LOG.warn("{}; fetching it anew", e.getMessage());
                }
            }
            downloader.replace(new Download(site.at(ARCHIVE_PATH), archive, MAX_ARCHIVE_BYTES, null), progress);
            try {
                return unpack(archive, file);
            } catch (UnsoundException e) {
                Files.delete(archive);
                faults.removeIf(fault -> fault.startsWith(archive.toString()));
                throw e;
            }
        } catch (DownloadException | UnsoundException e) {
            throw new UserException(
                    "data: uci: " + e.getMessage() + there(faults) + "; try again, set " + MIRROR + ", put "
                            + USUAL_SITE + ARCHIVE_PATH + " at " + archive + " or its " + ENTRY + " at " + file
                            + ", or use --data FILE",
                    e);
        } catch (IOException e) {
            throw new UserException(
                    "data: uci: " + cache + " (expected: a directory to write to); it failed with " + e, e);
        }
    }

    private static String there(List<String> faults) {
        return faults.isEmpty() ? "" : ", and what is there is not it: " + String.join(", ", faults);
    }

    /** Takes one entry by its name; what else the archive holds, and the names in it, are never used. */
    private Path unpack(Path archive, Path file) throws IOException {
        byte[] content = entry(archive);
        String found = Sha256.of(content);
        if (!found.equals(sha256)) {
            throw new UnsoundException(archive + ": " + ENTRY + ": sha256 " + found + " (expected: " + sha256 + ")");
        }
        // Not a temporary file of Java's, which nobody else may read.
        Path partial = cache.resolve("." + ENTRY + "-" + UUID.randomUUID() + ".partial");
        try {
            Files.write(partial, content);
            return Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static byte[] entry(Path archive) throws IOException {
        if (Files.size(archive) > MAX_ARCHIVE_BYTES) {
            throw new UnsoundException(
                    archive + ": " + Files.size(archive) + " bytes (expected: at most " + MAX_ARCHIVE_BYTES + ")");
        }
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            ZipEntry entry = zip.getEntry(ENTRY);
            if (entry == null) {
                throw new UnsoundException(archive + ": has no " + ENTRY);
            }
            try (InputStream in = zip.getInputStream(entry)) {
                byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
                if (content.length > MAX_FILE_BYTES) {
                    throw new UnsoundException(
                            archive + ": " + ENTRY + ": more than " + MAX_FILE_BYTES + " bytes (expected: fewer)");
                }
                return content;
            }
        } catch (ZipException e) {
            throw new UnsoundException(archive + ": not a zip archive: " + e.getMessage());
        }
    }

    /** An archive that is not the collection's. */
    private static final class UnsoundException extends IOException {
        private static final long serialVersionUID = 1L;

        UnsoundException(String message) {
            super(message);
        }
    }
}
