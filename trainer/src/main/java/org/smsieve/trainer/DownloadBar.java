package org.smsieve.trainer;

import me.tongfei.progressbar.ProgressBar;
import org.smsieve.download.DownloadProgress;

/** Shows a download on stderr, with its size and the time left, from its first bytes on. */
final class DownloadBar implements DownloadProgress, AutoCloseable {
    private final String task;
    private ProgressBar bar;

    DownloadBar(String name) {
        this.task = "download " + name;
    }

    @Override
    public void received(long bytes, long total) {
        if (bar == null) {
            bar = Console.byteBar(task, bytes, total);
        }
        bar.stepTo(bytes);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
