package org.smsieve.app.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends what a client holds up that does not read. The server's own limit counts from the request, and so would cut off
 * every stream of events. Interrupting the thread closes the channel it writes to. Safe for use by several threads.
 */
final class TimeLimit implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    /** Something to write. */
    interface Writing {
        void run() throws IOException;
    }

    TimeLimit() {
        timer = new ScheduledThreadPoolExecutor(1, Daemons.named("smsieve-http-limit"));
        // Nearly all are cancelled long before their time.
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Runs on this thread, interrupted at the end of the limit. */
    void run(Duration limit, Writing writing) throws IOException {
        Alarm alarm = new Alarm(Thread.currentThread());
        ScheduledFuture<?> scheduled = timer.schedule(alarm::ring, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            writing.run();
        } finally {
            scheduled.cancel(false);
            alarm.end();
        }
    }

    /** Rings for one piece of writing, and not for the next that its thread does. */
    private static final class Alarm {
        private final Thread thread;
        private boolean rung;
        private boolean ended;

        Alarm(Thread thread) {
            this.thread = thread;
        }

        synchronized void ring() {
            if (!ended) {
                rung = true;
                thread.interrupt();
            }
        }

        synchronized void end() {
            ended = true;
            if (rung) {
                // Its channel is closed; the thread goes on to other clients.
                Thread.interrupted();
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
