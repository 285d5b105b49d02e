package org.smsieve.download;

import java.io.IOException;

/** A file that could not be had. The message is one line that names the address and what is wrong. */
public sealed class DownloadException extends IOException permits ChecksumException {
    private static final long serialVersionUID = 1L;

    DownloadException(String message) {
        super(message);
    }

    DownloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
