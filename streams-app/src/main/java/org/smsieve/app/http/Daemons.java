package org.smsieve.app.http;

import java.util.concurrent.ThreadFactory;

/** Threads that hold up no end of the process. */
public final class Daemons {
    private Daemons() {}

    /** Makes threads of that name. */
    public static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
