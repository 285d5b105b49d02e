package org.smsieve.app.microbatch;

/**
 * What may go wrong in a simulation, and how often. Most kinds are away from most simulations: where all of them are,
 * the engine does not live long enough.
 *
 * @param poisoned share of the messages on which a model fails
 * @param overflowing share of the messages whose scores are no numbers
 * @param breaking share of the messages that break a model for good
 * @param failing share of the calls that fail, for this once
 * @param nonsense share of the calls that are answered by nonsense
 * @param outOfMemory share of the calls that end in an {@link OutOfMemoryError}
 * @param stalling share of the calls that may take longer than the time limit
 * @param unusable share of the models swapped to that are broken from the first
 * @param slow share of the models swapped to whose first call is such
 * @param swapPause nanoseconds between two swaps, at most
 * @param closedMidStream whether the engine is closed under load
 */
record Hazards(
        double poisoned,
        double overflowing,
        double breaking,
        double failing,
        double nonsense,
        double outOfMemory,
        double stalling,
        double unusable,
        double slow,
        long swapPause,
        boolean closedMidStream) {

    static Hazards draw(Simulation simulation) {
        return new Hazards(
                simulation.chance(0.5) ? 0.03 : 0,
                simulation.chance(0.3) ? 0.03 : 0,
                simulation.chance(0.1) ? 0.002 : 0,
                simulation.chance(0.3) ? 0.03 : 0,
                simulation.chance(0.2) ? 0.02 : 0,
                simulation.chance(0.1) ? 0.005 : 0,
                simulation.chance(0.2) ? 0.002 : 0,
                simulation.chance(0.5) ? 0.3 : 0,
                simulation.chance(0.2) ? 0.2 : 0,
                simulation.between(Simulation.SECOND / 10, 10 * Simulation.SECOND),
                simulation.chance(0.3));
    }
}
