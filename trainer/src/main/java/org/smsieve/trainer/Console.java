package org.smsieve.trainer;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What the commands show on stderr while they work. */
final class Console {
    private static final int UPDATE_MILLIS = 200;
    private static final int WIDTH = 100;

    private Console() {}

    /** A progress bar on stderr; whoever asks for it closes it. */
    static ProgressBar progressBar(String task, long steps) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setMaxRenderedLength(WIDTH)
                .build();
    }
}
