package org.smsieve.app.live;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.message.Inbound;
import org.smsieve.message.Inbound.Message;

/**
 * Told of each record that is forwarded. Texts are kept only where they may be shown: else there are none in memory to
 * leak. Safe for use by several threads.
 */
public final class Recent {
    private final LongSupplier nanoTime;
    private final RecentFigures figures;
    private final Optional<LatestMessages> messages;

    /**
     * Nothing forwarded yet.
     *
     * @param showMessages whether texts may be kept and shown
     */
    public Recent(boolean showMessages) {
        this(Clock.systemUTC(), System::nanoTime, showMessages);
    }

    Recent(Clock clock, LongSupplier nanoTime, boolean showMessages) {
        this.nanoTime = nanoTime;
        figures = new RecentFigures(clock, nanoTime);
        messages = showMessages ? Optional.of(new LatestMessages(clock)) : Optional.empty();
    }

    /** The time that {@code since} below is of, in nanoseconds from some origin. */
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** A record was labelled. */
    public void labelled(Message message, Verdict verdict, long since) {
        figures.record(nanoTime() - since);
        messages.ifPresent(latest -> latest.add(Optional.of(verdict), Optional.empty(), message.text()));
    }

    /** A record went to the dead letters. */
    public void deadLetter(Inbound inbound, DeadLetterReason reason, long since) {
        figures.record(nanoTime() - since);
        String text = inbound instanceof Message message ? message.text() : "";
        messages.ifPresent(latest -> latest.add(Optional.empty(), Optional.of(reason.tag()), text));
    }

    /** Ends a sample of the figures; to be called once a second. */
    public Sample sample() {
        return figures.sample();
    }

    /** Throughput and latency of the last ten samples. */
    public Sample now() {
        return figures.now();
    }

    /** The last five minutes' samples, the oldest first. */
    public List<Sample> samples() {
        return figures.samples();
    }

    /** The last messages, the very last first; empty where they may not be shown. */
    public List<LatestMessage> messages() {
        return messages.map(LatestMessages::list).orElse(List.of());
    }

    /** Whether texts may be shown. */
    public boolean showsMessages() {
        return messages.isPresent();
    }
}
