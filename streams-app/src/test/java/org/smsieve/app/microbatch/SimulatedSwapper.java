package org.smsieve.app.microbatch;

import java.util.concurrent.CompletableFuture;
import org.smsieve.classifier.BatchClassifier;

/** Has the engine change models now and then, as {@link org.smsieve.app.swap.ModelSwapper} does. */
final class SimulatedSwapper {
    private final Simulation simulation;

    SimulatedSwapper(Simulation simulation) {
        this.simulation = simulation;
    }

    void swap() {
        if (simulation.isOver()) {
            return;
        }
        SimulatedModel candidate = simulation.invariants.newModel();
        CompletableFuture<BatchClassifier> before = simulation.invariants.swap(candidate);
        simulation.await(before, answered -> {
            finish(before, answered);
            simulation.after(simulation.between(0, simulation.hazards.swapPause()), this::swap);
        });
    }

    private void finish(CompletableFuture<BatchClassifier> before, boolean answered) {
        if (!answered) {
            before.completeExceptionally(new EngineFailedException("no answer", null));
        }
        try {
            simulation.engine.await(before).close();
        } catch (RuntimeException e) {
            simulation.note("the swapper was refused: " + e);
        }
    }
}
