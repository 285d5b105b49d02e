package org.smsieve.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.smsieve.command.UserException;

/**
 * Measures an app on a broker, each time from its start on: with its input topic full, or with messages that come when
 * they come.
 *
 * <p>The latter are sent on a schedule that does not wait for the app, and their latency counts from when they were
 * due: an app that stalls is charged for all that had to wait meanwhile, and not for those alone that were sent (there
 * is no coordinated omission).
 */
final class StreamMeasurement {
    /** More is filled in than the classifier alone could do: an app may be faster than that, or be measured longer. */
    private static final double FILLED = 1.5;

    private static final int FILLED_LEAST = 1_500;
    /** With fewer messages a 99th percentile is hardly more than the worst of them. */
    private static final int LATENCIES_LEAST = 200;
    /** How much longer than asked for a slow app is measured at most. */
    private static final int MOST_WINDOWS = 10;

    /** The load that an app warms up with before messages on schedule count. */
    private static final double WARM_UP_LOAD = 0.5;

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);
    private static final Duration TICK = Duration.ofMillis(200);

    private final ChildProcesses children;
    private final String bootstrapServers;
    private final AppUnderTest app;
    private final List<String> labels;
    private final int partitions;
    private final Duration warmUp;
    private final Duration window;
    private final IntFunction<List<String>> texts;
    private final Consumer<String> progress;

    /**
     * On a broker that runs.
     *
     * @param labels the model's
     * @param partitions of each topic
     * @param warmUp how long the app works before it counts
     * @param window how long it is measured, at each load
     * @param texts makes as many messages as are needed
     * @param progress is told of each step as it begins
     */
    StreamMeasurement(
            ChildProcesses children,
            String bootstrapServers,
            AppUnderTest app,
            List<String> labels,
            int partitions,
            Duration warmUp,
            Duration window,
            IntFunction<List<String>> texts,
            Consumer<String> progress) {
        this.children = children;
        this.bootstrapServers = bootstrapServers;
        this.app = app;
        this.labels = labels;
        this.partitions = partitions;
        this.warmUp = warmUp;
        this.window = window;
        this.texts = texts;
        this.progress = progress;
    }

    /**
     * Starts the app on a topic that is full, and counts what comes out.
     *
     * @param expected records a second, by which the topic is filled
     * @throws UserException if the app fails, or too little comes out
     */
    Saturated saturate(double expected) throws IOException, InterruptedException {
        StreamTopics topics = create("saturated-");
        List<String> filled = texts.apply(Math.max(FILLED_LEAST, count(FILLED * expected, warmUp.plus(window))));
        try (Sender sender = new Sender(bootstrapServers, topics)) {
            sender.fill(filled);
        }
        try (Arrivals arrivals = new Arrivals(bootstrapServers, topics, filled.size())) {
            progress.accept("Starting the app on a topic of " + filled.size() + " messages");
            ChildProcesses.Child child = start(topics);
            awaitFirst(arrivals);
            progress.accept("Measuring records a second");
            await(arrivals, filled.size(), warmUp);
            long afterWarmUp = ChildProcesses.residentBytes(child);
            Saturation saturation = awaitEnough(arrivals, filled.size());
            long atEnd = ChildProcesses.residentBytes(child);
            children.stop(child);
            requireLabelled(arrivals);
            if (saturation.records() == 0) {
                throw new UserException("--seconds: " + arrivals.count()
                        + " records came out, in too few bursts to measure a rate (expected: more seconds)");
            }
            return new Saturated(saturation, afterWarmUp, atEnd);
        }
    }

    /**
     * What an app does while there are always more records to be read.
     *
     * @param rate at which they come out
     * @param residentAfterWarmUp the memory of its processes in bytes; 0 where the system does not tell
     * @param residentAtEnd likewise
     */
    record Saturated(Saturation rate, long residentAfterWarmUp, long residentAtEnd) {}

    /** The time that was asked for, and longer where too little came out. */
    private Saturation awaitEnough(Arrivals arrivals, int filled) throws InterruptedException {
        boolean dry = await(arrivals, filled, window);
        Saturation saturation = Saturation.of(arrivals.nanos(), warmUp);
        for (int more = 1; !dry && !saturation.isEnough() && more < MOST_WINDOWS; more++) {
            dry = await(arrivals, filled, window);
            saturation = Saturation.of(arrivals.nanos(), warmUp);
        }
        return saturation;
    }

    /**
     * Starts the app, and sends messages on schedule.
     *
     * @param saturated records a second at full load
     * @param loads shares of that, rising; after one that the app does not keep up with, no other is tried
     * @throws UserException if the app fails
     */
    List<Latency> latencies(double saturated, List<Double> loads) throws IOException, InterruptedException {
        StreamTopics topics = create("scheduled-");
        int warming = 1 + count(WARM_UP_LOAD * saturated, warmUp);
        int total = warming
                + loads.stream()
                        .mapToInt(load -> count(load * saturated, window(load * saturated)))
                        .sum();
        List<String> messages = texts.apply(total);
        Random random = new Random(1);
        List<Latency> latencies = new ArrayList<>();
        try (Sender sender = new Sender(bootstrapServers, topics);
                Arrivals arrivals = new Arrivals(bootstrapServers, topics, total)) {
            progress.accept("Starting the app for messages on schedule");
            ChildProcesses.Child child = start(topics);
            sender.fill(messages.subList(0, 1));
            awaitFirst(arrivals);
            sender.send(1, messages.subList(1, warming), Sender.schedule(warming - 1, warmUp.toNanos(), random));
            // Some compile their model for what comes first.
            await(arrivals, warming, START_LIMIT);
            int sent = warming;
            for (double load : loads) {
                Duration time = window(load * saturated);
                int count = count(load * saturated, time);
                progress.accept("Measuring latency at " + Math.round(100 * load) + " % of that");
                long[] due = Sender.schedule(count, time.toNanos(), random);
                sender.send(sent, messages.subList(sent, sent + count), due);
                boolean all = await(arrivals, sent + count, DRAIN_LIMIT);
                latencies.add(Latency.of(load, load * saturated, due, arrivals.nanos(), sent, System.nanoTime()));
                if (!all) {
                    break;
                }
                sent += count;
            }
            children.stop(child);
            requireLabelled(arrivals);
        }
        return latencies;
    }

    private static int count(double perSecond, Duration time) {
        return Math.max(1, (int) (perSecond * time.toMillis() / 1000));
    }

    /** How long to send at a rate. */
    private Duration window(double perSecond) {
        Duration needed = Duration.ofMillis((long) (1000 * LATENCIES_LEAST / perSecond));
        Duration most = window.multipliedBy(MOST_WINDOWS);
        Duration longer = needed.compareTo(window) > 0 ? needed : window;
        return longer.compareTo(most) < 0 ? longer : most;
    }

    private StreamTopics create(String prefix) throws InterruptedException {
        StreamTopics topics = new StreamTopics(prefix, labels, partitions);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(Stream.concat(Stream.of(topics.input()), topics.outputs().stream())
                            .map(name -> new NewTopic(name, partitions, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new UserException(
                    "the topics cannot be created: " + e.getCause().getMessage(), e);
        }
        return topics;
    }

    private ChildProcesses.Child start(StreamTopics topics) throws IOException {
        return children.start("app", app.command(bootstrapServers, topics), app.environment(bootstrapServers, topics));
    }

    private void awaitFirst(Arrivals arrivals) throws InterruptedException {
        if (!await(arrivals, 1, START_LIMIT)) {
            throw new UserException("app: nothing came out in " + START_LIMIT.toSeconds()
                    + " seconds (expected: each message on the topic of its label)");
        }
    }

    /** Waits as {@link Arrivals#await}, as long as all processes run. */
    private boolean await(Arrivals arrivals, int messages, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!arrivals.await(messages, TICK)) {
            children.check();
            if (System.nanoTime() > end) {
                return false;
            }
        }
        return true;
    }

    /** What is refused costs no time, and would make a broken app a fast one. */
    private static void requireLabelled(Arrivals arrivals) {
        if (arrivals.dead() > 0) {
            throw new UserException("app: " + arrivals.dead() + " of " + arrivals.count()
                    + " messages became dead letters (expected: none)");
        }
    }
}
