package org.smsieve.gpt2;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Runs calls of a program, several at once or a small one, each on a thread of its own with its share of libtorch's
 * threads.
 *
 * <p>Within a call libtorch divides each operator among its threads, which wait for each other after it, some hundred
 * times in GPT-2; a processor that is needed elsewhere meanwhile holds up the others each time. Calls beside each other
 * wait once, at the end. A GPU computes one call at a time, which takes all of it.
 *
 * <p>Its methods may be called by any thread. Whoever makes one closes it.
 */
public final class ParallelCalls implements AutoCloseable {
    /** A call reads all weights, for which it should have many rows: more processors than this share the calls. */
    private static final int MOST = 4;

    private final int width;
    private final int threadsEach;
    private final ExecutorService threads;

    /**
     * Threads for calls on a device; none for a GPU, or where libtorch has a single one. The caller's thread, and
     * threads that call libtorch for the first time after this, have as many of libtorch's as Java has processors, or
     * fewer where {@code OMP_NUM_THREADS} says so.
     */
    public ParallelCalls(Device device) {
        // Loads libtorch if nothing has yet.
        Engine.getEngine("PyTorch");
        // Java knows of a container's share of the processors, libtorch does not.
        int all = Math.min(JniUtils.getNumThreads(), Runtime.getRuntime().availableProcessors());
        width = device.isGpu() ? 1 : width(all);
        threadsEach = all / width;
        threads = width == 1 ? null : start(width, threadsEach);
        // What was set last is what threads begin with that call libtorch for the first time.
        JniUtils.setNumThreads(all);
    }

    private static ExecutorService start(int width, int threadsEach) {
        ExecutorService threads = Executors.newFixedThreadPool(width, task -> {
            // The number of libtorch's threads belongs to the thread that calls it, from its first call on: without
            // that the number set would be forgotten again.
            Thread thread = new Thread(
                    () -> {
                        JniUtils.getNumThreads();
                        JniUtils.setNumThreads(threadsEach);
                        task.run();
                    },
                    "smsieve-inference");
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletableFuture<?>[] started = new CompletableFuture<?>[width];
            Arrays.setAll(started, i -> CompletableFuture.runAsync(() -> {}, threads));
            CompletableFuture.allOf(started).join();
            return threads;
        } catch (Throwable e) {
            // There may be no more threads for this process.
            threads.shutdown();
            throw e;
        }
    }

    /** The number of calls that leaves the fewest of libtorch's threads without work. */
    static int width(int all) {
        int best = Math.min(2, all);
        for (int width = best + 1; width <= Math.min(MOST, all); width++) {
            if (all / width * width >= all / best * best) {
                best = width;
            }
        }
        return best;
    }

    /** How many calls run at once, at least 1. */
    public int width() {
        return width;
    }

    /** With how many of libtorch's threads each of them runs on a CPU, at least 1. */
    public int threadsEach() {
        return threadsEach;
    }

    /**
     * Makes one small call and waits for it: on a single thread of its own, with its share of libtorch's threads, and
     * so with none to wait for where there are no more than {@link #width()}. Dividing a small operator gains little on
     * an idle machine, and costs much more on one where a processor is wanted elsewhere.
     *
     * @throws RuntimeException what the call has thrown
     * @throws Error likewise
     */
    public <T> T runSmall(Supplier<T> call) {
        return threads == null
                ? call.get()
                : results(List.of(CompletableFuture.supplyAsync(call, threads))).get(0);
    }

    /**
     * Makes calls and waits for all of them. A single one runs on the caller's thread with all of libtorch's threads;
     * so do all, one after the other, where no more than one runs at once.
     *
     * @return their results, in the same order
     * @throws RuntimeException what one of them has thrown, when none is running any more
     * @throws Error likewise, rather than an exception of another call
     */
    public <T> List<T> run(List<Supplier<T>> calls) {
        if (threads == null || calls.size() == 1) {
            return calls.stream().map(Supplier::get).toList();
        }
        return results(calls.stream()
                .map(call -> CompletableFuture.supplyAsync(call, threads))
                .toList());
    }

    private static <T> List<T> results(List<CompletableFuture<T>> results) {
        RuntimeException exception = null;
        Error error = null;
        for (CompletableFuture<T> result : results) {
            try {
                result.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof Error cause) {
                    error = cause;
                } else {
                    exception = e.getCause() instanceof RuntimeException cause ? cause : e;
                }
            }
        }
        if (error != null) {
            throw error;
        }
        if (exception != null) {
            throw exception;
        }
        return results.stream().map(CompletableFuture::join).toList();
    }

    /** Ends the threads. */
    @Override
    public void close() {
        if (threads != null) {
            threads.shutdown();
        }
    }
}
