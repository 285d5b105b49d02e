package org.smsieve.app.microbatch;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.smsieve.app.microbatch.Invariants.Message;
import org.smsieve.classifier.Verdict;

/**
 * A stream thread: submits what a poll brings, then takes record by record, each partition's in order, and waits for
 * its verdict; commits when none is left. An engine that is broken stops it, and the app with it.
 */
final class SimulatedStream {
    private static final int PARTITIONS = 2;
    private static final int MOST_POLLED = 30;

    private final Simulation simulation;
    private final List<Partition> partitions =
            Stream.generate(Partition::new).limit(PARTITIONS).toList();
    private boolean stopped;

    /** The records polled that are not forwarded yet, and the numbers of all submitted and forwarded. */
    private static final class Partition {
        private final Queue<Message> polled = new ArrayDeque<>();
        private final Queue<Integer> order = new ArrayDeque<>();
    }

    SimulatedStream(Simulation simulation) {
        this.simulation = simulation;
    }

    void poll() {
        if (!simulation.isOver()) {
            long records = simulation.between(1, simulation.chance(0.3) ? MOST_POLLED : 4);
            for (long i = 0; i < records; i++) {
                Message message = simulation.invariants.submit();
                Partition partition = partitions.get((int) simulation.between(0, PARTITIONS));
                partition.polled.add(message);
                partition.order.add(message.number());
            }
        }
        takeNext();
    }

    private void takeNext() {
        List<Partition> left =
                partitions.stream().filter(p -> !p.polled.isEmpty()).toList();
        if (!left.isEmpty()) {
            Partition partition = left.get((int) simulation.between(0, left.size()));
            Message message = partition.polled.element();
            simulation.await(message.promised(), answered -> take(partition, message, answered));
        } else if (!simulation.isOver()) {
            simulation.note("commit");
            // A burst goes on, or a lull begins.
            long pause = simulation.chance(0.8) ? 20 * Simulation.MILLI : 5 * Simulation.SECOND;
            simulation.after(simulation.between(0, pause), this::poll);
        }
    }

    private void take(Partition partition, Message message, boolean answered) {
        if (!answered || !forward(message)) {
            stopped = true;
            simulation.close(simulation.between(0, simulation.timeout()));
            return;
        }
        partition.polled.remove();
        simulation.invariants.check(partition.order.remove() == message.number(), "out of order", message);
        if (simulation.chance(0.1)) {
            poll();
        } else {
            takeNext();
        }
    }

    /** As the processor does; whether the engine works. */
    private boolean forward(Message message) {
        try {
            Verdict verdict = simulation.engine.await(message.promised());
            simulation.invariants.check(verdict.equals(message.verdict()), "not its verdict", message);
            simulation.note("forward " + message.number());
        } catch (RecordRejectedException e) {
            simulation.note("dead letter " + message.number());
        } catch (EngineFailedException e) {
            return false;
        }
        return true;
    }

    void checkIsDrained() {
        simulation.invariants.check(
                stopped || partitions.stream().allMatch(p -> p.polled.isEmpty()), "a stream thread waits for ever");
    }
}
