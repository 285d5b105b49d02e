package org.smsieve.app.microbatch;

import java.util.concurrent.TimeUnit;

/**
 * How fast a classifier is, by its latest calls, and so how much a micro-batch may hold for a time that is bounded. A
 * large model on a slow processor gets smaller batches, which cost it little: it is nearly busy with one message.
 * Without the bound a transaction could run into its time limit, again and again, while a full batch is computed.
 *
 * <p>Belongs to one thread.
 */
final class Pace {
    /** How long a micro-batch should take at most: a tenth of the time that a transaction has. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(1);

    private double tokensPerNano = Double.POSITIVE_INFINITY;

    /** Takes a call into account, as much as all before it together: the first ones are slow, and so are small ones. */
    void took(long tokens, long nanos) {
        double latest = (double) tokens / Math.max(1, nanos);
        tokensPerNano = Double.isInfinite(tokensPerNano) ? latest : (tokensPerNano + latest) / 2;
    }

    /** Most tokens of a micro-batch; without a bound while nothing is known. */
    long mostTokens() {
        return (long) (tokensPerNano * LONGEST);
    }
}
