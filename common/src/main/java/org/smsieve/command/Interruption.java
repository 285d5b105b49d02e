package org.smsieve.command;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * What is to be undone, and told on stderr, when SIGINT (Ctrl-C), SIGTERM or SIGHUP ends the process while some work is
 * under way. The exit code stays the JVM's: 130, 143 or 129. Whoever makes one finishes or closes it; then nothing is
 * undone any more.
 */
public final class Interruption implements AutoCloseable {
    private final Semaphore turn = new Semaphore(1);
    private final Thread hook;
    private boolean finished;

    /** A step that may fail with {@code E}. */
    @FunctionalInterface
    public interface Step<E extends Exception> {
        /** Does it. */
        void run() throws E;
    }

    /**
     * From now on the end of the process is an interruption.
     *
     * @param undo run then, on another thread, while the work may still go on; gives what to tell, such as
     *     {@code nothing was written}
     */
    public Interruption(Supplier<String> undo) {
        hook = new Thread(() -> interrupted(undo), "smsieve-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Runs the work's last step, which is then done whole, or not begun: once the process is ending this does not
     * return. Where the step fails, the work is not finished.
     */
    public <E extends Exception> void finish(Step<E> last) throws E {
        turn.acquireUninterruptibly();
        try {
            if (!finished) {
                last.run();
                finished = true;
                remove();
            }
        } finally {
            turn.release();
        }
    }

    /** Ends the work with no last step. May be called again. */
    @Override
    public void close() {
        finish(() -> {});
    }

    private void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook finds that there is nothing to undo.
        }
    }

    private void interrupted(Supplier<String> undo) {
        // Never given back: the work shall not go on where its files are gone, and tell of errors that are none.
        turn.acquireUninterruptibly();
        if (!finished) {
            // On a line of its own, below a progress bar.
            Commands.stderr().println(System.lineSeparator() + "smsieve: interrupted; " + undo.get());
        }
    }
}
