package org.smsieve.app.microbatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.smsieve.text.Tokens;

/**
 * The engine among stream threads and a swapper. One thread does in virtual time whatever is due next, and all that
 * happens follows from the seed. While the engine is in a call of a model, that call lets the time pass in which the
 * others go on. What must hold stands in {@link Invariants}.
 */
final class Simulation {
    static final Tokens CANARY = Tokens.of(0);
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    private static final long HORIZON = 10 * SECOND;
    private static final int STREAMS = 3;
    private static final int EVENTS_TOLD = 40;

    final Hazards hazards;
    final BatchLimits limits;
    final MicroBatcher engine;
    final Invariants invariants;

    private final long seed;
    private final Random random;
    private final PriorityQueue<Event> agenda = new PriorityQueue<>();
    private final List<String> trace = new ArrayList<>();
    private final List<SimulatedStream> streams;
    private long now;
    private long planned;
    private boolean stepIsPlanned;
    private boolean closed;

    /** What is due at a time; of two at once, the first planned comes first. */
    private record Event(long at, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    Simulation(long seed) {
        this.seed = seed;
        random = new Random(seed);
        hazards = Hazards.draw(this);
        limits = new BatchLimits((int) between(1, 17), (int) between(20, 120), Duration.ofSeconds(1));
        invariants = new Invariants(this);
        engine = new MicroBatcher(invariants.newModel(), CANARY, limits, (messages, verdicts, nanos) -> {}, () -> now);
        streams =
                Stream.generate(() -> new SimulatedStream(this)).limit(STREAMS).toList();
    }

    /**
     * Lives through it.
     *
     * @return what happened, a line each
     */
    List<String> run() {
        try {
            SimulatedSwapper swapper = new SimulatedSwapper(this);
            streams.forEach(stream -> after(between(0, SECOND), stream::poll));
            after(between(0, hazards.swapPause()), swapper::swap);
            if (hazards.closedMidStream()) {
                after(between(0, HORIZON), () -> close(between(0, 2 * timeout())));
            }
            runAll();
            if (!closed) {
                streams.forEach(SimulatedStream::checkIsDrained);
                close(timeout());
                runAll();
            }
            invariants.checkAtTheEnd();
            return trace;
        } catch (RuntimeException | AssertionError e) {
            List<String> last = trace.subList(Math.max(0, trace.size() - EVENTS_TOLD), trace.size());
            throw new AssertionError(
                    String.format(
                            "%s%nagain with -Dsmsieve.proof.seed=%d; at last:%n%s",
                            e.getMessage(), seed, String.join(System.lineSeparator(), last)),
                    e);
        }
    }

    private void runAll() {
        wakeEngine();
        while (!agenda.isEmpty()) {
            next();
        }
    }

    private void next() {
        Event event = agenda.remove();
        now = event.at();
        event.action().run();
        invariants.checkAfterEachEvent();
        wakeEngine();
    }

    private void wakeEngine() {
        if (!stepIsPlanned && !engine.isIdle()) {
            stepIsPlanned = true;
            after(delay(), this::step);
        }
    }

    private void step() {
        // After the last step none is planned any more.
        if (engine.step()) {
            stepIsPlanned = false;
        } else {
            invariants.engineIsGone();
        }
    }

    /** Plans what is to happen. */
    void after(long nanos, Runnable action) {
        agenda.add(new Event(now + nanos, planned++, action));
    }

    /** Lets time pass for the one that is busy, in which the others go on. */
    void pass(long nanos) {
        long until = now + nanos;
        while (!agenda.isEmpty() && agenda.peek().at() <= until) {
            next();
        }
        now = until;
    }

    /** {@link MicroBatcher#await} in virtual time; what is next is told whether there is an answer. */
    void await(CompletableFuture<?> promised, Consumer<Boolean> next) {
        boolean[] over = {false};
        Consumer<Boolean> once = answered -> {
            if (!over[0]) {
                over[0] = true;
                next.accept(answered);
            }
        };
        CompletableFuture<?> unused = promised.whenComplete((result, error) -> after(delay(), () -> once.accept(true)));
        watch(over, once);
    }

    private void watch(boolean[] over, Consumer<Boolean> once) {
        long before = engine.batchesDone();
        after(timeout(), () -> {
            if (!over[0] && engine.batchesDone() == before) {
                invariants.checkGaveUp();
                once.accept(false);
            } else if (!over[0]) {
                watch(over, once);
            }
        });
    }

    /** Closes the engine, as the app does; a call that takes longer than the limit is left behind. */
    void close(long limit) {
        if (closed) {
            return;
        }
        closed = true;
        note("close within " + limit);
        invariants.engineMayEnd();
        engine.stop(new EngineFailedException("the engine is closed", null));
        // Its thread never ran, so that here it is not waited for.
        after(limit, () -> engine.close(Duration.ofMillis(1)));
    }

    boolean isOver() {
        return now >= HORIZON;
    }

    long now() {
        return now;
    }

    long timeout() {
        return limits.timeout().toNanos();
    }

    /** How long a thread takes to go on. */
    private long delay() {
        return between(1, MILLI / 10);
    }

    /** A number from {@code least} up to, not including, {@code bound}. */
    long between(long least, long bound) {
        return least + (long) (random.nextDouble() * (bound - least));
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    void note(String event) {
        trace.add(now + " " + event);
    }
}
