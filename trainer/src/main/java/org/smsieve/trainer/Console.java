package org.smsieve.trainer;

import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What the commands show on stderr while they work. */
final class Console {
    private static final int UPDATE_MILLIS = 200;
    /** Where nobody watches, as in a log, each update is a line to keep. */
    private static final int UNWATCHED_UPDATE_MILLIS = 10_000;

    private static final int WIDTH = 100;
    private static final String CLEAR_LINE = "\r\033[K";
    private static final long FEW_BYTES = 10_000_000;

    private Console() {}

    /** A progress bar on stderr; whoever asks for it closes it. */
    static ProgressBar progressBar(String task, long steps) {
        return builder(task, steps).build();
    }

    /**
     * As above, for bytes, shown as kilobytes or, if they are many, megabytes.
     *
     * @param done how many were there before the time began to count
     * @param bytes of the whole, -1 where their number is not known
     */
    static ProgressBar byteBar(String task, long done, long bytes) {
        ProgressBarBuilder builder = builder(task, bytes);
        if (bytes < FEW_BYTES) {
            builder.setUnit(" kB", 1_000);
        } else {
            builder.setUnit(" MB", 1_000_000);
        }
        return builder.startsFrom(done, Duration.ZERO).build();
    }

    /** Makes room on the terminal for a line of results where a bar stands; the bar is drawn again below it. */
    static void clearBar() {
        if (isWatched()) {
            System.err.print(CLEAR_LINE);
            System.err.flush();
        }
    }

    private static ProgressBarBuilder builder(String task, long steps) {
        ProgressBarBuilder builder = ProgressBar.builder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(isWatched() ? UPDATE_MILLIS : UNWATCHED_UPDATE_MILLIS)
                .setMaxRenderedLength(WIDTH);
        // The library's own choice for terminals redraws over lines that others print.
        return builder.setConsumer(
                isWatched()
                        ? new ConsoleProgressBarConsumer(System.err, WIDTH)
                        : new DelegatingProgressBarConsumer(System.err::println, WIDTH));
    }

    @SuppressWarnings("SystemConsoleNull") // From JDK 22 on there is always one: then all updates are shown.
    private static boolean isWatched() {
        return System.console() != null;
    }
}
