package org.smsieve.app.microbatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/**
 * The engine of the process. One thread owns the classifier; it takes what all threads have submitted, as much as the
 * bounds allow and without waiting for more, and classifies it in one call. So batches are small when there is little
 * to do and large when there is much. Its methods may be called by any thread.
 *
 * <p>A batch that fails is halved until the message is found that fails alone. Whether that message or the engine is to
 * blame, the canary tells: an ordinary message which the engine classified at its start. Fails the canary too, the
 * engine is broken: every verdict outstanding and every later one fails with {@link EngineFailedException}. Otherwise
 * the message is tried once more and then fails with {@link RecordRejectedException}.
 */
public final class MicroBatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MicroBatcher.class);

    private final BatchClassifier classifier;
    private final Tokens canary;
    private final BatchLimits limits;
    private final MicroBatchListener listener;
    private final LinkedBlockingDeque<Job> queue = new LinkedBlockingDeque<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "smsieve-engine");
    private volatile List<Job> batch = List.of();
    private final AtomicLong batchesDone = new AtomicLong();
    private volatile EngineFailedException ended;

    private record Job(Tokens tokens, CompletableFuture<Verdict> verdict) {
        Job(Tokens tokens) {
            this(tokens, new CompletableFuture<>());
        }
    }

    private MicroBatcher(BatchClassifier classifier, Tokens canary, BatchLimits limits, MicroBatchListener listener) {
        this.classifier = classifier;
        this.canary = canary;
        this.limits = limits;
        this.listener = listener;
        // The last resort against a native call that never returns.
        thread.setDaemon(true);
    }

    /**
     * Starts an engine and waits until it has classified the canary.
     *
     * @param classifier used by the engine's thread alone from here on, and closed by it
     * @param canary an ordinary message, which any working model classifies
     * @throws EngineFailedException if it does not; then the classifier is closed
     */
    public static MicroBatcher start(
            BatchClassifier classifier, Tokens canary, BatchLimits limits, MicroBatchListener listener) {
        MicroBatcher engine = new MicroBatcher(classifier, canary, limits, listener);
        engine.thread.start();
        engine.await(engine.started);
        return engine;
    }

    /**
     * Has a message classified.
     *
     * @return its verdict to come; fails with {@link RecordRejectedException} or {@link EngineFailedException}
     */
    public CompletableFuture<Verdict> submit(Tokens message) {
        Job job = new Job(message);
        inFlight.incrementAndGet();
        queue.add(job);
        if (ended != null) {
            // The engine may have left the queue just before.
            fail(job);
        }
        return job.verdict().whenComplete((verdict, error) -> inFlight.decrementAndGet());
    }

    /**
     * Waits for what the engine promised, as long as the engine gets anything done.
     *
     * @throws RecordRejectedException if the model fails on this message alone
     * @throws EngineFailedException if the engine is broken, or finishes no batch within its time limit
     */
    public <T> T await(CompletableFuture<T> promised) {
        for (; ; ) {
            long before = batchesDone.get();
            try {
                return promised.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (batchesDone.get() == before) {
                    throw new EngineFailedException("no answer within " + limits.timeout(), e);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause
                        ? cause
                        : new EngineFailedException("unexpected", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EngineFailedException("interrupted", e);
            }
        }
    }

    /** The messages submitted that have no verdict yet. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Whether the engine is broken or closed. */
    public boolean hasEnded() {
        return ended != null;
    }

    private void run() {
        try {
            classify(List.of(canary));
            started.complete(null);
            for (batch = nextBatch(); ended == null; batch = nextBatch()) {
                settle(batch);
            }
        } catch (Throwable e) {
            // Errors too: after one, such as a lack of memory, nothing the engine says can be relied on.
            end(new EngineFailedException("the classifier fails: " + e, e));
        } finally {
            failAll();
            classifier.close();
        }
    }

    /** What is queued, up to the bounds; waits for the first message only. */
    private List<Job> nextBatch() throws InterruptedException {
        List<Job> jobs = new ArrayList<>();
        int tokens = 0;
        Job next = queue.take();
        while (next != null) {
            tokens += tokensRead(next.tokens());
            if (!jobs.isEmpty() && tokens > limits.maxTokens()) {
                queue.addFirst(next);
                break;
            }
            jobs.add(next);
            next = jobs.size() < limits.maxRecords() ? queue.poll() : null;
        }
        return jobs;
    }

    /** Gives each job its verdict or its failure; throws if the engine is broken. */
    private void settle(List<Job> jobs) {
        long start = System.nanoTime();
        List<Verdict> verdicts;
        try {
            verdicts = classify(jobs.stream().map(Job::tokens).toList());
        } catch (RuntimeException e) {
            if (jobs.size() == 1) {
                settleAlone(jobs.get(0));
            } else {
                LOG.debug("a micro-batch of {} messages failed and is halved: {}", jobs.size(), e.toString());
                settle(jobs.subList(0, jobs.size() / 2));
                settle(jobs.subList(jobs.size() / 2, jobs.size()));
            }
            return;
        }
        int tokens = jobs.stream().mapToInt(job -> tokensRead(job.tokens())).sum();
        listener.classified(jobs.size(), tokens, System.nanoTime() - start);
        for (int i = 0; i < jobs.size(); i++) {
            jobs.get(i).verdict().complete(verdicts.get(i));
        }
    }

    private void settleAlone(Job job) {
        classify(List.of(canary));
        try {
            job.verdict().complete(classify(List.of(job.tokens())).get(0));
        } catch (RuntimeException e) {
            LOG.warn("a message is rejected: {}", e.toString());
            job.verdict().completeExceptionally(new RecordRejectedException(e));
        }
    }

    private List<Verdict> classify(List<Tokens> messages) {
        List<Verdict> verdicts = classifier.classify(messages);
        if (verdicts.size() != messages.size()) {
            throw new IllegalStateException(verdicts.size() + " verdicts on " + messages.size() + " messages");
        }
        for (Verdict verdict : verdicts) {
            if (!classifier.labels().contains(verdict.label()) || !Double.isFinite(verdict.score())) {
                throw new IllegalStateException("a verdict without a label or a probability");
            }
        }
        batchesDone.incrementAndGet();
        return verdicts;
    }

    private int tokensRead(Tokens message) {
        return Math.min(message.length(), classifier.maxTokens());
    }

    private synchronized void end(EngineFailedException reason) {
        if (ended == null) {
            ended = reason;
        }
    }

    private void failAll() {
        started.completeExceptionally(ended);
        batch.forEach(this::fail);
        queue.forEach(this::fail);
    }

    private void fail(Job job) {
        job.verdict().completeExceptionally(ended);
    }

    /** Ends the engine after the batch in work; messages without a verdict fail. */
    @Override
    public void close() {
        close(limits.timeout());
    }

    /** As above, in {@code limit} at most: a call that does not return by then is left behind. */
    public void close(Duration limit) {
        end(new EngineFailedException("the engine is closed", null));
        // Something to take, so that the engine sees it has ended.
        queue.addFirst(new Job(canary));
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        failAll();
    }
}
