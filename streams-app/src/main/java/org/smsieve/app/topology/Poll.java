package org.smsieve.app.topology;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.app.microbatch.RecordRejectedException;
import org.smsieve.classifier.Verdict;

/**
 * The records of one poll on their way through their task: when the first may be forwarded, and whether a commit is due
 * behind the last. Used by the stream thread that polled.
 *
 * <p>A transaction begins with the first record that is forwarded, and ends by its time limit if nothing does before.
 * So it must not begin while the engine is to classify first what other threads have polled.
 */
final class Poll {
    /** A full poll that took no longer may leave the commit to the interval: its transaction will be young still. */
    private static final long QUICK = TimeUnit.SECONDS.toNanos(1);

    private final boolean isFull;
    private final LongSupplier nanoTime;
    private final long begun;
    private final int records;
    private int left;
    private int classified;
    /** The verdict to wait for before anything is forwarded; null: none. */
    private CompletableFuture<Verdict> first;

    /**
     * A poll of records none of which is forwarded yet.
     *
     * @param isFull whether it has as many as a poll may have, so that there probably are more behind it
     */
    Poll(int records, boolean isFull, LongSupplier nanoTime) {
        this.isFull = isFull;
        this.nanoTime = nanoTime;
        this.records = records;
        left = records;
        begun = nanoTime.getAsLong();
    }

    /** One of its messages was submitted to the engine, behind all that were before. */
    void submitted(CompletableFuture<Verdict> verdict) {
        if (classified == 0) {
            first = verdict;
        }
        classified++;
    }

    /** The verdict on one of its messages was remembered, or is in work. */
    void remembered(CompletableFuture<Verdict> verdict) {
        // What is in work is before what this poll submits.
        if (classified == 0 && !verdict.isDone()) {
            first = verdict;
        }
    }

    /**
     * Waits until the transaction may begin: when the engine has come to this poll's messages, whatever records without
     * a verdict of their own there are before them.
     *
     * @throws org.smsieve.app.microbatch.EngineFailedException if the engine is broken
     */
    void awaitBegin(MicroBatcher engine) {
        if (first == null) {
            return;
        }
        try {
            engine.await(first);
        } catch (RecordRejectedException e) {
            // For its own record to tell.
        }
        first = null;
    }

    /**
     * One more is forwarded.
     *
     * @return whether to commit now. At the end of a poll nothing is gained by waiting for the commit interval, but
     *     behind a full one, where fewer commits cost less a record. Not so where the engine would take long for as
     *     many, as far as this poll tells: then the next one may have to wait as long behind the other threads'
     *     records, with the transaction open
     */
    boolean endsWithCommit() {
        left--;
        return left == 0 && !(isFull && isQuick());
    }

    private boolean isQuick() {
        return (double) (nanoTime.getAsLong() - begun) * records < (double) QUICK * classified;
    }
}
