package org.smsieve.app.topology;

import java.util.concurrent.CompletableFuture;
import org.smsieve.app.live.Recent;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.message.Inbound;
import org.smsieve.message.Inbound.Message;
import org.smsieve.message.Inbound.Unreadable;
import org.smsieve.message.InboundReader;
import org.smsieve.text.Tokenizer;

/**
 * Where records become messages: reads a value, tokenises its text, submits it to the engine. One for the process, used
 * by all stream threads.
 *
 * @param reader reads values
 * @param tokenizer of the engine's model
 * @param engine classifies
 * @param remembered submits to it what is not known already
 * @param metrics counts what is found classified ahead
 * @param recent is told of what is forwarded
 */
public record Intake(
        InboundReader reader,
        Tokenizer tokenizer,
        MicroBatcher engine,
        Remembered remembered,
        AppMetrics metrics,
        Recent recent) {
    /** A poll that begins now. */
    Poll poll(int records, boolean isFull) {
        return new Poll(records, isFull, recent::nanoTime);
    }

    /** Puts a record's value to work, without waiting. Whatever the value, it does not throw. */
    PendingVerdict submit(byte[] value, Poll poll) {
        long since = recent.nanoTime();
        Inbound inbound = reader.read(value);
        if (inbound instanceof Message message) {
            try {
                return new PendingVerdict(
                        inbound, remembered.submit(tokenizer.encode(message.text()), poll), poll, since);
            } catch (RuntimeException e) {
                inbound = new Unreadable(DeadLetterReason.DEFECT, e.getClass().getName() + " in the tokeniser");
            }
        }
        return new PendingVerdict(inbound, new CompletableFuture<>(), poll, since);
    }
}
