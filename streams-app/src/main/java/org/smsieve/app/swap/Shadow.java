package org.smsieve.app.swap;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.smsieve.app.metrics.ShadowMetrics;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.Verdict;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.PromotionRule;
import org.smsieve.text.Tokens;

/**
 * A candidate that classifies a share of the micro-batches again, on a thread of its own, beside the model whose
 * verdicts count. The engine never waits for it: what it has no time for is left out. Since both classify the very same
 * micro-batches, their times can be compared.
 */
final class Shadow {
    /** One in work and one to go on with. */
    private static final int QUEUED_BATCHES = 2;

    private final Announcement announcement;
    private final BatchClassifier classifier;
    private final ShadowMetrics metrics;
    private final Consumer<Shadow> decided;
    private final BlockingQueue<Batch> queue = new ArrayBlockingQueue<>(QUEUED_BATCHES);
    private final Thread thread = new Thread(this::run, "smsieve-shadow");
    private volatile boolean stopped;
    private volatile Throwable failure;

    /** Records that it owes its share, on the engine's thread. */
    private double credit;

    // Of the shadow's thread; figures are read by others.
    private volatile Figures figures = new Figures(0, 0, 0, 0);
    private long nextDecision;

    /** A micro-batch and what became of it. */
    private record Batch(List<Tokens> messages, List<Verdict> verdicts, long nanos) {}

    /**
     * How it did so far.
     *
     * @param records it has classified
     * @param agreeing those to which it gave the same label
     * @param ownNanos the time it took for them
     * @param servedNanos the time that the served model took for them
     */
    record Figures(long records, long agreeing, long ownNanos, long servedNanos) {
        double agreement() {
            return records == 0 ? Double.NaN : (double) agreeing / records;
        }

        double latencyRatio() {
            return servedNanos == 0 ? Double.NaN : (double) ownNanos / servedNanos;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "agreement %.4f, %.2f times the served model's time, on %d records",
                    agreement(),
                    latencyRatio(),
                    records);
        }
    }

    /**
     * Starts to shadow.
     *
     * @param announcement says which share
     * @param classifier used by the shadow's thread alone from here on
     * @param decided is told, on the shadow's thread, when the rule of the announcement can be applied, and when the
     *     candidate failed
     */
    Shadow(Announcement announcement, BatchClassifier classifier, ShadowMetrics metrics, Consumer<Shadow> decided) {
        this.announcement = announcement;
        this.classifier = classifier;
        this.metrics = metrics;
        this.decided = decided;
        if (announcement.promoteAfter() != null) {
            nextDecision = announcement.promoteAfter().records();
        }
        metrics.watch(() -> figures.agreement(), () -> figures.latencyRatio());
        thread.setDaemon(true);
        thread.start();
    }

    Announcement announcement() {
        return announcement;
    }

    Figures figures() {
        return figures;
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** Takes a micro-batch, if it is one of its share and there is time. On the engine's thread. */
    void offer(List<Tokens> messages, List<Verdict> verdicts, long nanos) {
        credit += announcement.fraction() * messages.size();
        // The last batch of a share is taken when half of it is due: shares are right in the long run.
        if (credit < 0.5 * messages.size()) {
            return;
        }
        credit -= messages.size();
        if (stopped || !queue.offer(new Batch(messages, verdicts, nanos))) {
            metrics.skipped(messages.size());
        }
    }

    private void run() {
        try {
            while (!stopped) {
                classify(queue.take());
            }
        } catch (InterruptedException e) {
            // Stopped.
        } catch (Throwable e) {
            // A lack of memory too: only the candidate is lost.
            failure = e;
            stopped = true;
            decided.accept(this);
        }
    }

    private void classify(Batch batch) {
        long start = System.nanoTime();
        List<Verdict> own = classifier.classify(batch.messages());
        long nanos = System.nanoTime() - start;
        int agreeing = 0;
        for (int i = 0; i < own.size(); i++) {
            boolean agrees = own.get(i).label().equals(batch.verdicts().get(i).label());
            agreeing += agrees ? 1 : 0;
            metrics.compared(agrees, difference(own.get(i), batch.verdicts().get(i)));
        }
        metrics.classified(nanos);
        figures = new Figures(
                figures.records() + own.size(),
                figures.agreeing() + agreeing,
                figures.ownNanos() + nanos,
                figures.servedNanos() + batch.nanos());
        PromotionRule rule = announcement.promoteAfter();
        if (rule != null && figures.records() >= nextDecision) {
            // Again after as many more, should the decision not come through.
            nextDecision = figures.records() + rule.records();
            decided.accept(this);
        }
    }

    /** The largest difference between two verdicts' probabilities of a label. */
    private static double difference(Verdict a, Verdict b) {
        return Stream.concat(a.scores().keySet().stream(), b.scores().keySet().stream())
                .distinct()
                .mapToDouble(label -> Math.abs(
                        a.scores().getOrDefault(label, 0.0) - b.scores().getOrDefault(label, 0.0)))
                .max()
                .orElse(0);
    }

    /** Why it is not to be promoted; empty if it is. */
    Optional<String> objection() {
        if (failure != null) {
            return Optional.of("it failed: " + failure);
        }
        PromotionRule rule = announcement.promoteAfter();
        Figures now = figures;
        if (now.agreement() < rule.minAgreement()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "agreement %.4f on %d records (expected: at least %s)",
                    now.agreement(),
                    now.records(),
                    rule.minAgreement()));
        }
        if (now.latencyRatio() > rule.maxLatencyRatio()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "%.2f times the served model's time on %d records (expected: at most %s)",
                    now.latencyRatio(),
                    now.records(),
                    rule.maxLatencyRatio()));
        }
        return Optional.empty();
    }

    /**
     * Ends it, with the call in work.
     *
     * @param limit how long to wait for that
     * @return the classifier, used by nobody any more; empty if a call did not return in time
     */
    Optional<BatchClassifier> stop(Duration limit) throws InterruptedException {
        stopped = true;
        metrics.watch(() -> Double.NaN, () -> Double.NaN);
        thread.interrupt();
        thread.join(limit.toMillis());
        return thread.isAlive() ? Optional.empty() : Optional.of(classifier);
    }
}
