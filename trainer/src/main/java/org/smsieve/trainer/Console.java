package org.smsieve.trainer;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What the commands show on stderr while they work. */
final class Console {
    private static final int UPDATE_MILLIS = 200;
    /** Where nobody watches, as in a log, each update is a line to keep. */
    private static final int UNWATCHED_UPDATE_MILLIS = 10_000;

    private static final int WIDTH = 100;

    private Console() {}

    /** A progress bar on stderr; whoever asks for it closes it. */
    @SuppressWarnings("SystemConsoleNull") // From JDK 22 on there is always one: then all updates are shown.
    static ProgressBar progressBar(String task, long steps) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(System.console() == null ? UNWATCHED_UPDATE_MILLIS : UPDATE_MILLIS)
                .setMaxRenderedLength(WIDTH)
                .build();
    }
}
