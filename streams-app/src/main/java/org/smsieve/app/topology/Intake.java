package org.smsieve.app.topology;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.smsieve.app.live.Recent;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.message.Inbound;
import org.smsieve.message.Inbound.Message;
import org.smsieve.message.Inbound.Unreadable;
import org.smsieve.message.InboundReader;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

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

    /**
     * Puts the values of a poll's records to work, without waiting: one after the other in the engine's queue, with no
     * other poll's between them. Whatever the values, it does not throw.
     *
     * @return in the same order
     */
    List<PendingVerdict> submitAll(List<byte[]> values, Poll poll) {
        long since = recent.nanoTime();
        List<Readout> read = values.stream().map(this::read).toList();
        synchronized (remembered) {
            return read.stream()
                    .map(one -> new PendingVerdict(one.inbound(), verdict(one.tokens(), poll), poll, since))
                    .toList();
        }
    }

    /** Puts a record's value to work alone, as above. */
    PendingVerdict submit(byte[] value, Poll poll) {
        return submitAll(Collections.singletonList(value), poll).get(0);
    }

    private CompletableFuture<Verdict> verdict(Optional<Tokens> message, Poll poll) {
        return message.map(tokens -> remembered.submit(tokens, poll)).orElseGet(CompletableFuture::new);
    }

    private Readout read(byte[] value) {
        Inbound inbound = reader.read(value);
        if (inbound instanceof Message message) {
            try {
                return new Readout(inbound, Optional.of(tokenizer.encode(message.text())));
            } catch (RuntimeException e) {
                inbound = new Unreadable(DeadLetterReason.DEFECT, e.getClass().getName() + " in the tokeniser");
            }
        }
        return new Readout(inbound, Optional.empty());
    }

    /** What a value holds; tokens where it is a message. */
    private record Readout(Inbound inbound, Optional<Tokens> tokens) {}
}
