package org.smsieve.app.swap;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.metrics.ModelMetrics;
import org.smsieve.classifier.ClassifierInfo;

/** What is served and what became of announced models: told in the log, counted, kept for the status. Thread-safe. */
public final class SwapLog {
    private static final Logger LOG = LoggerFactory.getLogger(SwapLog.class);
    private static final int KEPT = 20;

    private final Clock clock;
    private final ModelMetrics metrics;
    private final Consumer<SwapEvent> listener;
    private final Deque<SwapEvent> events = new ArrayDeque<>();
    private String model;
    private Instant since;
    private Optional<String> shadow = Optional.empty();

    /**
     * The state of the moment.
     *
     * @param model what is served, {@code name@version}
     * @param since since when
     * @param shadow what is compared with it, likewise
     * @param events what happened of late, the last one first
     */
    public record Status(String model, Instant since, Optional<String> shadow, List<SwapEvent> events) {}

    /**
     * The log of an app that serves its first model.
     *
     * @param first what it serves
     * @param listener is told of each event, on the thread it happens on
     */
    public SwapLog(Clock clock, ModelMetrics metrics, ClassifierInfo first, Consumer<SwapEvent> listener) {
        this.clock = clock;
        this.metrics = metrics;
        this.listener = listener;
        model = first.model();
        since = clock.instant();
        metrics.serves(first);
    }

    void swapped(ClassifierInfo next, String reason) {
        synchronized (this) {
            model = next.model();
            since = clock.instant();
        }
        metrics.serves(next);
        add(SwapEvent.Outcome.SWAPPED, next.model(), reason);
    }

    void shadowing(String candidate) {
        synchronized (this) {
            shadow = Optional.of(candidate);
        }
        add(SwapEvent.Outcome.SHADOWED, candidate, "");
    }

    synchronized void shadowEnded() {
        shadow = Optional.empty();
    }

    void refused(String candidate, String reason) {
        add(SwapEvent.Outcome.REFUSED, candidate, reason);
    }

    void promoted(String candidate, String reason) {
        add(SwapEvent.Outcome.PROMOTED, candidate, reason);
    }

    void dropped(String candidate, String reason) {
        add(SwapEvent.Outcome.DROPPED, candidate, reason);
    }

    private void add(SwapEvent.Outcome outcome, String candidate, String reason) {
        SwapEvent event = new SwapEvent(clock.instant(), outcome, candidate, reason);
        synchronized (this) {
            events.addFirst(event);
            if (events.size() > KEPT) {
                events.removeLast();
            }
        }
        metrics.swap(outcome);
        String told = "model {}: {}{}";
        Object[] arguments = {candidate, outcome.tag(), reason.isEmpty() ? "" : ": " + reason};
        if (outcome == SwapEvent.Outcome.REFUSED || outcome == SwapEvent.Outcome.DROPPED) {
            LOG.warn(told, arguments);
        } else {
            LOG.info(told, arguments);
        }
        listener.accept(event);
    }

    /** The state of the moment. */
    public synchronized Status status() {
        return new Status(model, since, shadow, List.copyOf(events));
    }
}
