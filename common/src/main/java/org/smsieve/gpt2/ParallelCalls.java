package org.smsieve.gpt2;

import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Runs several calls of programs on the processors at once, each on a thread of its own with its share of libtorch's
 * threads.
 *
 * <p>Within a call libtorch divides each operator among its threads, which wait for each other after it, some hundred
 * times in GPT-2; a processor that is needed elsewhere meanwhile holds up the others each time. Calls beside each other
 * wait once, at the end. Its methods may be called by any thread.
 */
public final class ParallelCalls {
    /** A call should have enough rows to make its reading of all weights worth while: with more threads it uses two. */
    private static final int MOST = 4;

    private final int width;
    private final Executor threads;

    private ParallelCalls() {
        int all = JniUtils.getNumThreads();
        width = Math.min(MOST, all);
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(width, task -> {
            // The number of libtorch's threads belongs to the thread that calls it, from its first call on: without
            // that the number set would be forgotten again.
            Thread thread = new Thread(
                    () -> {
                        JniUtils.getNumThreads();
                        JniUtils.setNumThreads(all / width);
                        task.run();
                    },
                    "smsieve-inference-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        if (width > 1) {
            CompletableFuture<?>[] started = new CompletableFuture<?>[width];
            for (int i = 0; i < width; i++) {
                started[i] = CompletableFuture.runAsync(() -> {}, threads);
            }
            CompletableFuture.allOf(started).join();
            // What was set last is what threads begin with that call libtorch for the first time.
            JniUtils.setNumThreads(all);
        }
    }

    private static final class Holder {
        static final ParallelCalls SHARED = new ParallelCalls();
    }

    /** The one of the process. */
    public static ParallelCalls shared() {
        return Holder.SHARED;
    }

    /** How many calls run at once, at least 1. */
    public int width() {
        return width;
    }

    /**
     * Makes calls and waits for all of them. A single one runs on the caller's thread, with all of libtorch's threads.
     *
     * @return their results, in the same order
     * @throws RuntimeException what one of them has thrown, when all have ended
     */
    public <T> List<T> run(List<Supplier<T>> calls) {
        if (width == 1 || calls.size() == 1) {
            return calls.stream().map(Supplier::get).toList();
        }
        List<CompletableFuture<T>> results = calls.stream()
                .map(call -> CompletableFuture.supplyAsync(call, threads))
                .toList();
        try {
            CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        return results.stream().map(CompletableFuture::join).toList();
    }
}
