package org.smsieve.download;

/** Hears how far a download has come. */
@FunctionalInterface
public interface DownloadProgress {
    /** Tells nobody. */
    DownloadProgress NONE = (bytes, total) -> {};

    /**
     * More of the file is here.
     *
     * @param bytes on disk so far, those of earlier attempts included; can fall where a download starts over
     * @param total size of the file, or -1 where the server does not say
     */
    void received(long bytes, long total);
}
