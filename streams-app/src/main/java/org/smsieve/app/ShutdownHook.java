package org.smsieve.app;

/**
 * Makes SIGTERM and SIGINT a clean end: runs an action, then ends the process with 0, where the JVM's own exit code
 * would be 143 or 130. Closed, it does nothing any more.
 */
final class ShutdownHook implements AutoCloseable {
    private static final int FAILED = 1;

    private final Thread hook;

    /**
     * Registers the hook.
     *
     * @param action ends what runs, in bounded time
     */
    ShutdownHook(Runnable action) {
        hook = new Thread(
                () -> {
                    int exitCode = FAILED;
                    try {
                        action.run();
                        exitCode = 0;
                    } finally {
                        System.out.flush();
                        Runtime.getRuntime().halt(exitCode);
                    }
                },
                "smsieve-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running: the process is about to end.
        }
    }
}
