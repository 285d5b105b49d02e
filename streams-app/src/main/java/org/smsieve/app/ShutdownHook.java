package org.smsieve.app;

import org.smsieve.command.UserException;

/**
 * Makes SIGTERM and SIGINT a clean end: runs an action, then ends the process with 0, where the JVM's own exit code
 * would be 143 or 130, or with 1 and a line on stderr if the action throws. Closed, it does nothing any more.
 */
final class ShutdownHook implements AutoCloseable {
    private static final int FAILED = 1;

    private final Thread hook;

    /**
     * Registers the hook.
     *
     * @param action ends what runs, in bounded time; throws if that was no clean end
     */
    ShutdownHook(Runnable action) {
        hook = new Thread(
                () -> {
                    int exitCode = FAILED;
                    try {
                        action.run();
                        exitCode = 0;
                    } catch (UserException e) {
                        System.err.println("smsieve: " + e.getMessage());
                    } finally {
                        System.out.flush();
                        System.err.flush();
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
            // It is running: how the process ends is its affair alone.
            try {
                hook.join();
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
