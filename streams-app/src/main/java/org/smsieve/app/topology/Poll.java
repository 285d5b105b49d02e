package org.smsieve.app.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The records of one poll on their way through their task, and whether a commit is due behind them. Used by the stream
 * thread that polled.
 */
final class Poll {
    /** A full poll that took no longer may leave the commit to the interval: its transaction will be young still. */
    private static final long QUICK = TimeUnit.SECONDS.toNanos(1);

    private final boolean isFull;
    private final LongSupplier nanoTime;
    private final long begun;
    private int left;

    /**
     * A poll of records none of which is forwarded yet.
     *
     * @param isFull whether it has as many as a poll may have, so that there probably are more behind it
     */
    Poll(int records, boolean isFull, LongSupplier nanoTime) {
        this.left = records;
        this.isFull = isFull;
        this.nanoTime = nanoTime;
        begun = nanoTime.getAsLong();
    }

    /**
     * One more is forwarded.
     *
     * @return whether to commit now. At the end of a poll nothing is gained by waiting for the commit interval, but
     *     behind a full one, where fewer commits cost less a record. Not so where it took long: then the next one may
     *     have to wait as long behind the other threads' records, with the transaction open
     */
    boolean endsWithCommit() {
        left--;
        return left == 0 && !(isFull && nanoTime.getAsLong() - begun < QUICK);
    }
}
