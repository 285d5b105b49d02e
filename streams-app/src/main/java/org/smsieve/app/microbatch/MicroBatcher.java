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
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.ClassifierInfo;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/**
 * The engine of the process. One thread owns the classifier; it takes what all threads have submitted, as much as the
 * bounds allow and without waiting for more, and classifies it in one call. So batches are small when there is little
 * to do and large when there is much. Its methods may be called by any thread.
 *
 * <p>A batch that fails is halved until one message is left to blame; where only its verdict is no number, that tells
 * at once. Whether that message or the engine is to blame, the canary tells: an ordinary message which the engine
 * classified at its start. Fails the canary too, the engine is broken: every verdict outstanding and every later one
 * fails with {@link EngineFailedException}. Otherwise the message is tried alone and, if that fails, fails with
 * {@link RecordRejectedException}.
 */
public final class MicroBatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MicroBatcher.class);

    private final Tokens canary;
    private final BatchLimits limits;
    private final MicroBatchListener listener;
    private final LongSupplier nanoTime;
    private final LinkedBlockingDeque<Task> queue = new LinkedBlockingDeque<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "smsieve-engine");
    private volatile List<Job> batch = List.of();
    private final AtomicLong batchesDone = new AtomicLong();
    private final AtomicLong positions = new AtomicLong();
    private volatile EngineFailedException ended;
    /** Changed by the engine's thread alone. */
    private volatile BatchClassifier classifier;
    /** How fast {@link #classifier} is: the engine's thread's alone. */
    private Pace pace = new Pace();

    /** What the engine's thread does next. */
    private sealed interface Task {
        void fail(EngineFailedException reason);
    }

    /** A message to classify. */
    private record Job(Tokens tokens, long submittedAt, CompletableFuture<Verdict> verdict) implements Task {
        Job(Tokens tokens, long submittedAt) {
            this(tokens, submittedAt, new CompletableFuture<>());
        }

        @Override
        public void fail(EngineFailedException reason) {
            verdict.completeExceptionally(reason);
        }
    }

    /** A classifier to go on with; gives the one before. */
    private record Swap(BatchClassifier next, CompletableFuture<BatchClassifier> before) implements Task {
        @Override
        public void fail(EngineFailedException reason) {
            before.completeExceptionally(reason);
            next.close();
        }
    }

    /** An engine of which nothing runs yet: its thread, or a simulation, does {@link #step} after step. */
    MicroBatcher(
            BatchClassifier classifier,
            Tokens canary,
            BatchLimits limits,
            MicroBatchListener listener,
            LongSupplier nanoTime) {
        this.classifier = classifier;
        this.canary = canary;
        this.limits = limits;
        this.listener = listener;
        this.nanoTime = nanoTime;
        // The last resort against a native call that never returns.
        thread.setDaemon(true);
    }

    /**
     * Starts an engine and waits until it has classified the canary.
     *
     * @param classifier used by the engine's thread alone from here on, and closed by it
     * @param canary an ordinary message, which any working model classifies
     * @throws EngineFailedException if it does not; then the classifier is closed, as soon as it returns
     */
    public static MicroBatcher start(
            BatchClassifier classifier, Tokens canary, BatchLimits limits, MicroBatchListener listener) {
        return start(classifier, canary, limits, listener, System::nanoTime);
    }

    /** As above, by another clock. */
    static MicroBatcher start(
            BatchClassifier classifier,
            Tokens canary,
            BatchLimits limits,
            MicroBatchListener listener,
            LongSupplier nanoTime) {
        MicroBatcher engine = new MicroBatcher(classifier, canary, limits, listener, nanoTime);
        engine.thread.start();
        try {
            engine.await(engine.started);
        } catch (EngineFailedException e) {
            // Its thread may be in the classifier still; it ends when that returns.
            engine.stop(e);
            throw e;
        }
        return engine;
    }

    /**
     * Has a message classified.
     *
     * @return its verdict to come; fails with {@link RecordRejectedException} or {@link EngineFailedException}
     */
    public CompletableFuture<Verdict> submit(Tokens message) {
        Job job = new Job(message, nanoTime.getAsLong());
        inFlight.incrementAndGet();
        queue.add(job);
        if (ended != null) {
            // The engine may have left the queue just before.
            job.fail(ended);
        }
        return job.verdict().whenComplete((verdict, error) -> inFlight.decrementAndGet());
    }

    /**
     * Changes the classifier, between two micro-batches: the messages submitted before are the old one's, those after
     * the new one's. The new one first classifies the canary, and if it cannot, the old one stays.
     *
     * @param next the engine's from here on, which closes it, too if it cannot be used
     * @return the old one to come, for the caller to close; fails with what the new one failed with, and with
     *     {@link EngineFailedException} when the engine has ended before. A caller that waits no longer fails it
     *     itself: then the old one stays
     */
    public CompletableFuture<BatchClassifier> swap(BatchClassifier next) {
        Swap swap = new Swap(next, new CompletableFuture<>());
        queue.add(swap);
        // Unless the engine has it in work.
        if (ended != null && queue.remove(swap)) {
            swap.fail(ended);
        }
        return swap.before();
    }

    /** What classifies now. */
    public ClassifierInfo info() {
        return classifier.info();
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

    /** The messages and changes of the classifier that wait to be taken. */
    public int queued() {
        return queue.size();
    }

    /** Positions computed so far, padding included. */
    public long positions() {
        return positions.get();
    }

    /** Whether a step would have to wait. */
    boolean isIdle() {
        return started.isDone() && queue.isEmpty();
    }

    /** How many calls have succeeded; {@link #await} gives up when none does. */
    long batchesDone() {
        return batchesDone.get();
    }

    /** Whether the engine is broken or closed. */
    public boolean hasEnded() {
        return ended != null;
    }

    private void run() {
        boolean goesOn;
        do {
            goesOn = step();
        } while (goesOn);
    }

    /**
     * Begins with the canary; then waits for what is next in the queue and does it, with what fits into the same call.
     *
     * @return whether there is a next step; otherwise the engine has ended, and its classifier is closed
     */
    boolean step() {
        try {
            if (started.isDone()) {
                perform(queue.take());
            } else {
                begin(classifier);
                started.complete(null);
            }
        } catch (Throwable e) {
            // Errors too: after one, such as a lack of memory, nothing the engine says can be relied on.
            end(new EngineFailedException("the classifier fails: " + e, e));
        }
        if (ended == null) {
            return true;
        }
        failAll();
        classifier.close();
        return false;
    }

    private void perform(Task task) {
        if (ended != null) {
            // Taken just before: it is neither in the queue nor in the batch.
            task.fail(ended);
        } else if (task instanceof Swap swap) {
            change(swap);
        } else if (task instanceof Job job) {
            batch = batch(job);
            long now = nanoTime.getAsLong();
            batch.forEach(taken -> listener.taken(now - taken.submittedAt()));
            settle(batch);
            batch = List.of();
        }
    }

    /** The first call of a classifier. */
    private void begin(BatchClassifier model) {
        long start = nanoTime.getAsLong();
        classify(model, List.of(canary));
        pace.took(tokensRead(canary, model), nanoTime.getAsLong() - start);
    }

    private void change(Swap swap) {
        BatchClassifier before = classifier;
        Pace paceBefore = pace;
        pace = new Pace();
        try {
            if (!swap.before().isDone()) {
                begin(swap.next());
                classifier = swap.next();
            }
        } catch (Throwable e) {
            // A lack of memory too: the old one has what it needs.
            swap.before().completeExceptionally(e);
        }
        if (!swap.before().complete(before)) {
            // Failed just now, or given up by the caller meanwhile.
            classifier = before;
            pace = paceBefore;
            swap.next().close();
        }
    }

    /** What is queued, up to the bounds; nothing is waited for. */
    private List<Job> batch(Job first) {
        List<Job> jobs = new ArrayList<>(List.of(first));
        long mostTokens = Math.min(limits.maxTokens(), pace.mostTokens());
        long tokens = tokensRead(first.tokens());
        while (jobs.size() < limits.maxRecords()) {
            Task next = queue.poll();
            if (next instanceof Job job && tokens + tokensRead(job.tokens()) <= mostTokens) {
                tokens += tokensRead(job.tokens());
                jobs.add(job);
            } else {
                if (next != null) {
                    queue.addFirst(next);
                }
                break;
            }
        }
        return jobs;
    }

    /** Gives each job its verdict or its failure; throws if the engine is broken. */
    private void settle(List<Job> jobs) {
        if (!settleTogether(jobs)) {
            settleApart(jobs);
        }
    }

    /** Classifies jobs in one call. If that fails, none has its verdict or failure, and the result is false. */
    private boolean settleTogether(List<Job> jobs) {
        long start = nanoTime.getAsLong();
        List<Verdict> verdicts;
        try {
            verdicts = call(classifier, tokens(jobs));
        } catch (RuntimeException e) {
            LOG.debug("a micro-batch of {} messages failed: {}", jobs.size(), e.toString());
            return false;
        }
        pace.took(jobs.stream().mapToLong(job -> tokensRead(job.tokens())).sum(), nanoTime.getAsLong() - start);
        List<Job> done = new ArrayList<>(jobs.size());
        List<Verdict> valid = new ArrayList<>(jobs.size());
        List<Job> withoutScore = new ArrayList<>(0);
        for (int i = 0; i < jobs.size(); i++) {
            if (isValid(verdicts.get(i), classifier)) {
                done.add(jobs.get(i));
                valid.add(verdicts.get(i));
            } else {
                withoutScore.add(jobs.get(i));
            }
        }
        if (!done.isEmpty()) {
            listener.classified(tokens(done), valid, nanoTime.getAsLong() - start);
        }
        for (int i = 0; i < done.size(); i++) {
            done.get(i).verdict().complete(valid.get(i));
        }
        withoutScore.forEach(this::settleAlone);
        return true;
    }

    private static List<Tokens> tokens(List<Job> jobs) {
        return jobs.stream().map(Job::tokens).toList();
    }

    /** Settles jobs that failed together: each half on its own, unless the failure must be in the other one. */
    private void settleApart(List<Job> jobs) {
        if (jobs.size() == 1) {
            settleAlone(jobs.get(0));
            return;
        }
        List<Job> left = jobs.subList(0, jobs.size() / 2);
        List<Job> right = jobs.subList(jobs.size() / 2, jobs.size());
        if (settleTogether(left)) {
            settleApart(right);
        } else {
            settleApart(left);
            settle(right);
        }
    }

    private void settleAlone(Job job) {
        classify(classifier, List.of(canary));
        try {
            job.verdict().complete(classify(classifier, List.of(job.tokens())).get(0));
        } catch (RuntimeException e) {
            LOG.warn("a message is rejected: {}", e.toString());
            job.verdict().completeExceptionally(new RecordRejectedException(e));
        }
    }

    /** Verdicts that are all valid. */
    private List<Verdict> classify(BatchClassifier model, List<Tokens> messages) {
        List<Verdict> verdicts = call(model, messages);
        if (!verdicts.stream().allMatch(verdict -> isValid(verdict, model))) {
            throw new IllegalStateException("a verdict without a label or a probability");
        }
        return verdicts;
    }

    private List<Verdict> call(BatchClassifier model, List<Tokens> messages) {
        long before = model.positions();
        List<Verdict> verdicts = model.classify(messages);
        positions.addAndGet(model.positions() - before);
        if (verdicts.size() != messages.size()) {
            throw new IllegalStateException(verdicts.size() + " verdicts on " + messages.size() + " messages");
        }
        batchesDone.incrementAndGet();
        return verdicts;
    }

    private static boolean isValid(Verdict verdict, BatchClassifier model) {
        return model.labels().contains(verdict.label())
                && Double.isFinite(verdict.scores().getOrDefault(verdict.label(), Double.NaN));
    }

    private int tokensRead(Tokens message) {
        return tokensRead(message, classifier);
    }

    private static int tokensRead(Tokens message, BatchClassifier model) {
        // An empty message is read as one token.
        return Math.max(1, Math.min(message.length(), model.maxTokens()));
    }

    private synchronized void end(EngineFailedException reason) {
        if (ended == null) {
            ended = reason;
        }
    }

    /** Ends the engine after the batch in work, which {@link #close} then waits for. */
    void stop(EngineFailedException reason) {
        end(reason);
        // Something to take, so that the engine sees it has ended.
        queue.addFirst(new Job(canary, nanoTime.getAsLong()));
    }

    private void failAll() {
        started.completeExceptionally(ended);
        batch.forEach(job -> job.fail(ended));
        queue.forEach(task -> task.fail(ended));
    }

    /** Ends the engine after the batch in work; messages without a verdict fail. */
    @Override
    public void close() {
        close(limits.timeout());
    }

    /** As above, in {@code limit} at most: a call that does not return by then is left behind. */
    public void close(Duration limit) {
        stop(new EngineFailedException("the engine is closed", null));
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        failAll();
    }
}
