package org.smsieve.app.microbatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/**
 * What must hold whatever happens. Sees all that goes into the engine and comes out of it, and all its calls of models.
 * The engine catches what is thrown into it; so the first violation is kept, and thrown after the event.
 */
final class Invariants {
    private final Simulation simulation;
    private final List<SimulatedModel> models = new ArrayList<>();
    private final List<Message> messages = new ArrayList<>();
    private final Map<Tokens, Message> byTokens = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private String violation;
    private final Set<SimulatedModel> served = new HashSet<>();
    private SimulatedModel serving;
    private SimulatedModel inCall;
    private int taken;
    private int completed;
    private long lastSuccess;
    private int failures;
    private int failuresAtCanary;
    private boolean engineMayEnd;
    private boolean engineMustEnd;
    private boolean engineIsGone;

    /** A message, and what became of it. */
    static final class Message {
        private final int number;
        private final int changesBefore;
        private final boolean poisoned;
        private final boolean overflowing;
        private final boolean breaking;
        private CompletableFuture<Verdict> promised;
        private boolean failedAlone;
        private int firstFailure;
        private Verdict verdict;
        private int completions;

        private Message(int number, int changesBefore, boolean poisoned, boolean overflowing, boolean breaking) {
            this.number = number;
            this.changesBefore = changesBefore;
            this.poisoned = poisoned;
            this.overflowing = overflowing;
            this.breaking = breaking;
        }

        int number() {
            return number;
        }

        boolean isPoisoned() {
            return poisoned;
        }

        boolean isOverflowing() {
            return overflowing;
        }

        boolean isBreaking() {
            return breaking;
        }

        CompletableFuture<Verdict> promised() {
            return promised;
        }

        /** What its model said of it; null if nothing yet. */
        Verdict verdict() {
            return verdict;
        }

        @Override
        public String toString() {
            return "message " + number;
        }
    }

    /** A swap asked for. */
    private record Change(SimulatedModel next, CompletableFuture<BatchClassifier> before) {
        boolean isMade() {
            return before.isDone() && !before.isCompletedExceptionally();
        }
    }

    Invariants(Simulation simulation) {
        this.simulation = simulation;
    }

    /** The first one made is the one the engine begins with. */
    SimulatedModel newModel() {
        Hazards hazards = simulation.hazards;
        SimulatedModel model = models.isEmpty()
                ? new SimulatedModel(simulation, 0, false, false)
                : new SimulatedModel(
                        simulation,
                        models.size(),
                        simulation.chance(hazards.unusable()),
                        simulation.chance(hazards.slow()));
        models.add(model);
        if (serving == null) {
            serving = model;
            served.add(model);
        }
        return model;
    }

    Message submit() {
        int[] ids = new int[(int) simulation.between(1, simulation.chance(0.1) ? 200 : 30)];
        // No two are equal.
        ids[0] = messages.size() + 1;
        Tokens tokens = Tokens.of(ids);
        boolean poisoned = simulation.chance(simulation.hazards.poisoned());
        boolean overflowing = simulation.chance(simulation.hazards.overflowing());
        boolean breaking = simulation.chance(simulation.hazards.breaking());
        Message message = new Message(messages.size(), changes.size(), poisoned, overflowing, breaking);
        simulation.note("submit " + message + ", " + tokens.length() + " tokens");
        messages.add(message);
        byTokens.put(tokens, message);
        message.promised = simulation
                .engine
                .submit(tokens)
                .whenComplete((verdict, error) -> completed(message, verdict, error == null ? null : error.getCause()));
        return message;
    }

    private void completed(Message message, Verdict verdict, Throwable error) {
        simulation.note(message + " completed: "
                + (error == null ? verdict.model() : error.getClass().getSimpleName()));
        completed++;
        check(++message.completions == 1, "completed again", message);
        if (error == null) {
            check(verdict.equals(message.verdict), "not its verdict", message);
        } else if (error instanceof RecordRejectedException) {
            check(message.failedAlone, "rejected though it did not fail alone", message);
            check(message.firstFailure <= failuresAtCanary, "rejected though the canary was not asked", message);
        } else {
            check(error instanceof EngineFailedException, "failed otherwise", message, error);
            check(simulation.engine.hasEnded(), "the engine failed but goes on", message);
        }
    }

    CompletableFuture<BatchClassifier> swap(SimulatedModel next) {
        simulation.note("swap to " + next);
        CompletableFuture<BatchClassifier> promised = simulation.engine.swap(next);
        changes.add(new Change(next, promised));
        CompletableFuture<?> unused = promised.whenComplete((before, error) -> {
            simulation.note("swap to " + next + (error == null ? " made" : " failed: " + error));
            if (error == null) {
                check(before.equals(serving), "not the model before", before);
                serving = next;
                served.add(next);
            }
        });
        return promised;
    }

    /** A model is called. The canary is none of the messages given. */
    List<Message> called(SimulatedModel model, List<Tokens> tokens) {
        simulation.note(model + " called with " + tokens.size());
        check(inCall == null, "two calls at once");
        check(!model.isClosed(), "used after it was closed", model);
        inCall = model;
        if (tokens.equals(List.of(Simulation.CANARY))) {
            return List.of();
        }
        check(tokens.size() <= simulation.limits.maxRecords(), "records in a batch", tokens.size());
        check(
                tokens.size() == 1 || model.tokensRead(tokens) <= simulation.limits.maxTokens(),
                "tokens in a batch",
                model.tokensRead(tokens));
        List<Message> called = tokens.stream().map(byTokens::get).toList();
        for (Message message : called) {
            check(message.number <= taken, "overtook another", message);
            taken = Math.max(taken, message.number + 1);
            check(message.verdict == null, "classified again", message);
            check(model == modelOf(message), "classified by another model", message, model);
        }
        return called;
    }

    /** The last model that was changed to before the message was submitted. */
    private SimulatedModel modelOf(Message message) {
        SimulatedModel model = models.get(0);
        for (Change change : changes.subList(0, message.changesBefore)) {
            check(change.before.isDone(), "classified before the swap", message, change.next);
            model = change.isMade() ? change.next : model;
        }
        return model;
    }

    /** A call returns; verdicts are null if it failed. */
    void returned(SimulatedModel model, List<Message> called, List<Verdict> verdicts, boolean isError) {
        check(!model.isClosed(), "closed while in use", model);
        inCall = null;
        if (verdicts != null) {
            lastSuccess = simulation.now();
            failuresAtCanary = called.isEmpty() ? failures : failuresAtCanary;
            for (int i = 0; i < called.size(); i++) {
                if (!called.get(i).overflowing) {
                    called.get(i).verdict = verdicts.get(i);
                }
            }
            List<Message> withoutScores =
                    called.stream().filter(Message::isOverflowing).toList();
            if (!withoutScores.isEmpty()) {
                fail(withoutScores, called.size() == 1);
            }
            return;
        }
        simulation.note(model + " failed");
        fail(called, called.size() == 1);
        if (model == serving && (called.isEmpty() || isError)) {
            engineMayEnd = true;
            engineMustEnd = true;
        }
    }

    private void fail(List<Message> failed, boolean alone) {
        failures++;
        for (Message message : failed) {
            message.firstFailure = message.firstFailure == 0 ? failures : message.firstFailure;
            message.failedAlone |= alone;
        }
    }

    void closed(SimulatedModel model) {
        simulation.note(model + " closed");
        // One that never served may be closed by the engine's thread and by whoever closes the engine.
        check(model.closes() == 1 || !served.contains(model), "closed again", model);
    }

    void checkGaveUp() {
        check(simulation.now() - lastSuccess >= simulation.timeout(), "given up though the engine gets on");
    }

    void engineMayEnd() {
        engineMayEnd = true;
    }

    void engineIsGone() {
        engineIsGone = true;
        check(serving.isClosed(), "left open", serving);
        check(completed == messages.size(), "messages left behind by the engine");
    }

    void check(boolean holds, String otherwise, Object... about) {
        if (!holds && violation == null) {
            violation = otherwise + " " + Arrays.toString(about);
        }
    }

    void checkAfterEachEvent() {
        check(engineMayEnd || !simulation.engine.hasEnded(), "the engine ended for nothing");
        check(
                inCall != null || !engineMustEnd || simulation.engine.hasEnded(),
                "the engine goes on though it is broken");
        check(simulation.engine.inFlight() == messages.size() - completed, "in flight", simulation.engine.inFlight());
        if (violation != null) {
            throw new AssertionError(violation);
        }
    }

    void checkAtTheEnd() {
        check(engineIsGone, "the engine did not end");
        messages.forEach(message -> check(message.completions == 1, "left without an answer", message));
        changes.forEach(change -> check(change.before.isDone(), "a swap never answered", change.next));
        models.forEach(model -> check(model.isClosed(), "left open", model));
        checkAfterEachEvent();
    }
}
