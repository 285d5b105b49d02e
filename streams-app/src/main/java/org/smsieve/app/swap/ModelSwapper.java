package org.smsieve.app.swap;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.metrics.ShadowMetrics;
import org.smsieve.app.microbatch.EngineFailedException;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.registry.Announcement;

/**
 * Makes the engine serve what is announced. A thread of its own brings and loads a bundle beside the running model and
 * then has the engine change models; whatever fails on the way, the running model goes on. Its methods may be called by
 * any thread.
 */
public final class ModelSwapper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelSwapper.class);

    private final MicroBatcher engine;
    private final Candidates candidates;
    private final ShadowSlot shadows;
    private final ShadowMetrics shadowMetrics;
    private final Announcer announcer;
    private final SwapLog log;
    private final Clock clock;
    private final Duration callLimit;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread worker = new Thread(task, "smsieve-swapper");
        worker.setDaemon(true);
        return worker;
    });
    private final AtomicReference<Wanted> latest = new AtomicReference<>(Wanted.NOTHING);
    private volatile boolean closed;

    /** Serves {@link #served}; empty for the model that the settings name. Of the thread alone. */
    private Optional<Announcement> served = Optional.empty();

    /**
     * A swapper of an engine that serves the model which the settings name.
     *
     * @param announcer tells what becomes of shadows
     * @param callLimit how long to wait for a shadow's call in work
     */
    public ModelSwapper(
            MicroBatcher engine,
            Candidates candidates,
            ShadowSlot shadows,
            ShadowMetrics shadowMetrics,
            Announcer announcer,
            SwapLog log,
            Clock clock,
            Duration callLimit) {
        this.engine = engine;
        this.candidates = candidates;
        this.shadows = shadows;
        this.shadowMetrics = shadowMetrics;
        this.announcer = announcer;
        this.log = log;
        this.clock = clock;
        this.callLimit = callLimit;
    }

    /**
     * Has the engine serve what is announced now, in place of whatever was wanted before.
     *
     * @return done when that was tried, or something else is wanted
     */
    public CompletableFuture<Void> want(Wanted wanted) {
        latest.set(wanted);
        try {
            return CompletableFuture.runAsync(() -> settle(wanted), thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private boolean isWanted(Wanted wanted) {
        return latest.get().equals(wanted) && !closed;
    }

    private void settle(Wanted wanted) {
        try {
            if (isWanted(wanted)) {
                serve(wanted);
            }
            if (isWanted(wanted)) {
                compare(wanted);
            }
        } catch (Candidates.SupersededException e) {
            LOG.debug("superseded before it was there");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("an announcement could not be followed; this is a defect of smsieve", e);
        }
    }

    private void serve(Wanted wanted) throws Candidates.SupersededException, InterruptedException {
        if (isSame(wanted.served(), served)) {
            return;
        }
        String model = wanted.served().map(Announcement::model).orElse("");
        try {
            BatchClassifier candidate;
            if (wanted.served().isEmpty()) {
                candidate = candidates.configured();
                model = candidate.model();
            } else {
                Optional<BatchClassifier> shadow = takeShadow(wanted.served().get());
                candidate = shadow.isPresent()
                        ? shadow.get()
                        : candidates.load(wanted.served().get(), () -> isWanted(wanted));
            }
            change(candidate);
            served = wanted.served();
            log.swapped(candidate.info(), served.isEmpty() ? "what was announced is withdrawn" : "");
        } catch (Candidates.SupersededException | InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            refuse(model, e);
        }
    }

    /** The engine goes on with another classifier; the one before is freed. */
    private void change(BatchClassifier candidate) {
        CompletableFuture<BatchClassifier> before = engine.swap(candidate);
        try {
            engine.await(before);
        } catch (RuntimeException e) {
            // The engine may have it in work still, and closes it then. Nothing changes if it was done just now.
            before.completeExceptionally(e);
        }
        engine.await(before).close();
    }

    private void compare(Wanted wanted) throws Candidates.SupersededException, InterruptedException {
        Optional<Announcement> shadowed = Optional.ofNullable(shadows.get()).map(Shadow::announcement);
        // The very announcement: another fraction or rule begins anew.
        if (wanted.shadow().equals(shadowed)) {
            return;
        }
        stopShadow().ifPresent(BatchClassifier::close);
        if (wanted.shadow().isEmpty()) {
            return;
        }
        Announcement announcement = wanted.shadow().get();
        try {
            BatchClassifier candidate = candidates.load(announcement, () -> isWanted(wanted));
            shadows.set(new Shadow(announcement, candidate, shadowMetrics, this::decide));
            log.shadowing(announcement.model());
        } catch (Candidates.SupersededException | InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            refuse(announcement.model(), e);
        }
    }

    private void refuse(String model, Throwable error) {
        if (closed || engine.hasEnded()) {
            return;
        }
        Throwable cause = error instanceof EngineFailedException && error.getCause() != null ? error.getCause() : error;
        String message = cause.getMessage() == null
                ? ""
                : cause.getMessage().lines().findFirst().orElse("");
        LOG.debug("refused", error);
        log.refused(model, isPlain(cause) ? message : cause.getClass().getSimpleName() + ": " + message);
    }

    /** Whether its message says what is wrong without its type. */
    private static boolean isPlain(Throwable error) {
        return error.getClass().getName().startsWith("org.smsieve.");
    }

    /** The shadow's classifier if it is of the bundle that is to be served: it need not be loaded again. */
    private Optional<BatchClassifier> takeShadow(Announcement announcement) throws InterruptedException {
        Shadow shadow = shadows.get();
        return shadow != null && shadow.announcement().isOf(announcement) && !shadow.hasFailed()
                ? stopShadow()
                : Optional.empty();
    }

    private Optional<BatchClassifier> stopShadow() throws InterruptedException {
        Shadow shadow = shadows.get();
        if (shadow == null) {
            return Optional.empty();
        }
        shadows.set(null);
        log.shadowEnded();
        Optional<BatchClassifier> classifier = shadow.stop(callLimit);
        if (classifier.isEmpty()) {
            LOG.warn(
                    "model {}: a call did not return within {}",
                    shadow.announcement().model(),
                    callLimit);
        }
        return classifier;
    }

    /** Called by the shadow's thread. */
    private void decide(Shadow shadow) {
        try {
            thread.execute(() -> announceDecision(shadow));
        } catch (RejectedExecutionException e) {
            LOG.debug("closed before a decision", e);
        }
    }

    private void announceDecision(Shadow shadow) {
        if (shadows.get() != shadow) {
            return;
        }
        Announcement candidate = shadow.announcement();
        Optional<String> objection = shadow.objection();
        try {
            // Each app does as the topic says, this one too: what was announced to be served, whoever could serve it.
            Optional<Announcement> beside = latest.get().served();
            if (objection.isEmpty()) {
                announcer.announce(candidate.asServed(clock.instant()));
            } else if (beside.isPresent()) {
                announcer.announce(beside.get().asServed(clock.instant()));
            } else {
                announcer.withdraw(candidate.name());
            }
        } catch (RuntimeException e) {
            LOG.warn("model {}: a decision cannot be announced: {}", candidate.model(), e.getMessage());
            return;
        }
        String figures = shadow.figures().toString();
        objection.ifPresentOrElse(
                reason -> log.dropped(candidate.model(), reason), () -> log.promoted(candidate.model(), figures));
    }

    private static boolean isSame(Optional<Announcement> a, Optional<Announcement> b) {
        return a.map(Announcement::sha256).equals(b.map(Announcement::sha256));
    }

    /** Stops the thread and the shadow; the engine keeps its model. */
    @Override
    public void close() {
        closed = true;
        thread.shutdownNow();
        try {
            if (thread.awaitTermination(callLimit.toMillis(), TimeUnit.MILLISECONDS)) {
                stopShadow().ifPresent(BatchClassifier::close);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
