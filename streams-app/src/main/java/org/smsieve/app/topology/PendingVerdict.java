package org.smsieve.app.topology;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.smsieve.app.live.Recent;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.Inbound;

/**
 * A message in work, which travels with its record from the poll to the processor as a header. It is never serialised:
 * the processor leaves it out of what it forwards. It is collected with its record, so that nothing has to be cleaned
 * up when a partition is revoked.
 *
 * @param inbound the value as read
 * @param verdict the verdict to come on a readable one; on another never completed
 * @param poll the poll it came with
 * @param since when it was put to work, in the nanoseconds of {@link Recent#nanoTime}
 */
record PendingVerdict(Inbound inbound, CompletableFuture<Verdict> verdict, Poll poll, long since) implements Header {

    /** The message that came with a record, or null. It is told by its type: no name is taken from the users. */
    static PendingVerdict of(Headers headers) {
        PendingVerdict found = null;
        for (Header header : headers) {
            if (header instanceof PendingVerdict pending) {
                found = pending;
            }
        }
        return found;
    }

    @Override
    public String key() {
        return "smsieve.pending";
    }

    @Override
    public byte[] value() {
        return new byte[0];
    }
}
