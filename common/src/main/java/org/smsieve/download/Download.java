package org.smsieve.download;

import java.net.URI;
import java.nio.file.Path;

/**
 * A file to fetch.
 *
 * @param source an http or https address
 * @param destination where it is to be; its directory is made if missing
 * @param maxBytes the most that is read
 * @param sha256 in lower-case hexadecimal; null where it is not known. Only a file whose checksum is known is resumed
 *     after the process has ended
 */
public record Download(URI source, Path destination, long maxBytes, String sha256) {
    /** @throws IllegalArgumentException if the address is not one to download from, or the limit is not positive */
    public Download {
        boolean http = "http".equalsIgnoreCase(source.getScheme()) || "https".equalsIgnoreCase(source.getScheme());
        if (!http || source.getHost() == null) {
            throw new IllegalArgumentException(source + ": (expected: an http or https address)");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: at least 1)");
        }
        destination = destination.toAbsolutePath().normalize();
    }

    /** The address for a message or log: without user, password and query, which may be secrets. */
    String address() {
        String port = source.getPort() < 0 ? "" : ":" + source.getPort();
        return source.getScheme() + "://" + source.getHost() + port + source.getRawPath();
    }

    /** Where the bytes are until all of them are there: by checksum, so that only parts of one file are joined. */
    Path partial() {
        return beside((sha256 == null ? "" : "." + sha256.substring(0, 12)) + ".partial");
    }

    /** Held by whoever writes {@link #partial}. */
    Path lock() {
        return beside(".lock");
    }

    private Path beside(String ending) {
        return destination.resolveSibling("." + destination.getFileName() + ending);
    }
}
