package org.smsieve.download;

/**
 * A file came whole, but is not the one whose checksum is known. The message says so as {@link DownloadException}'s.
 */
public final class ChecksumException extends DownloadException {
    private static final long serialVersionUID = 1L;

    ChecksumException(String message) {
        super(message);
    }
}
