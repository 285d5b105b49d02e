package org.smsieve.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.DeadLetterReason;

/**
 * The catalogue of the app's meters, all registered at start, so that the first scrape shows them at 0: what becomes of
 * records here, the rest by {@link StreamMetrics}, {@link EngineMetrics}, {@link ModelMetrics} and
 * {@link ShadowMetrics}. Records are counted when they are forwarded: one whose transaction is aborted is counted again
 * when it is done again. Safe for use by several threads.
 */
public final class AppMetrics {
    /** From one message alone on a GPU to a queue of minutes. */
    static final Duration[] TIMES =
            millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000);

    /**
     * Close to 0 and 100, where a classifier's probabilities are. In percent: Micrometer's buckets hold whole numbers.
     */
    private static final double[] PERCENT = {1, 5, 10, 20, 35, 50, 65, 80, 90, 95, 99, 100};

    private final Clock clock;
    private final Map<String, Counter> labelled;
    private final Map<String, DistributionSummary> probabilities;
    private final Map<DeadLetterReason, Counter> deadLetters = new EnumMap<>(DeadLetterReason.class);
    private final Timer latency;
    private final Counter truncated;
    private final Counter submittedAhead;
    private final Counter hits;
    private final Counter misses;
    private final Counter known;
    private final Counter unknown;
    private final StreamMetrics stream;
    private final EngineMetrics engine;
    private final ModelMetrics models;
    private final ShadowMetrics shadow;

    /**
     * Registers all meters.
     *
     * @param labels the labels a record can have
     */
    public AppMetrics(MeterRegistry registry, List<String> labels) {
        this(registry, labels, Clock.systemUTC());
    }

    AppMetrics(MeterRegistry registry, List<String> labels, Clock clock) {
        this.clock = clock;
        labelled = byLabel(
                labels,
                label -> Counter.builder("smsieve.records")
                        .description("Records labelled")
                        .tag("label", label)
                        .register(registry));
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            deadLetters.put(
                    reason,
                    Counter.builder("smsieve.dead.letters")
                            .description("Records that could not be labelled")
                            .tag("reason", reason.tag())
                            .register(registry));
        }
        latency = Timer.builder("smsieve.latency")
                .description("Time from a record's timestamp until its output is handed to the producer")
                .serviceLevelObjectives(TIMES)
                .register(registry);
        probabilities = byLabel(
                labels,
                label -> DistributionSummary.builder("smsieve.probability")
                        .description("Probability that the model gives a label, of each labelled record")
                        .tag("label", label)
                        .baseUnit("percent")
                        .scale(100)
                        .serviceLevelObjectives(PERCENT)
                        .register(registry));
        truncated = Counter.builder("smsieve.truncated")
                .description("Records labelled that were longer than the model reads")
                .register(registry);
        submittedAhead = Counter.builder("smsieve.ahead.submitted")
                .description(
                        "Records given to the engine when they were polled; those above the hits were of partitions that moved")
                .register(registry);
        hits = joined(registry, "hit");
        misses = joined(registry, "miss");
        known = remembered(registry, "hit");
        unknown = remembered(registry, "miss");
        stream = new StreamMetrics(registry);
        engine = new EngineMetrics(registry);
        models = new ModelMetrics(registry, clock);
        shadow = new ShadowMetrics(registry);
    }

    private static <T> Map<String, T> byLabel(List<String> labels, Function<String, T> meter) {
        return labels.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), meter));
    }

    private static Counter joined(MeterRegistry registry, String result) {
        return Counter.builder("smsieve.ahead.joined")
                .description(
                        "Records processed: hit where the engine had them since the poll, miss where only from then on")
                .tag("result", result)
                .register(registry);
    }

    private static Counter remembered(MeterRegistry registry, String result) {
        return Counter.builder("smsieve.remembered")
                .description("Messages: hit where the text's verdict was known or in work already, miss where not")
                .tag("result", result)
                .register(registry);
    }

    static Duration[] millis(long... millis) {
        Duration[] durations = new Duration[millis.length];
        for (int i = 0; i < millis.length; i++) {
            durations[i] = Duration.ofMillis(millis[i]);
        }
        return durations;
    }

    /**
     * A record was labelled.
     *
     * @param timestamp the record's, in milliseconds since 1970
     */
    public void labelled(Verdict verdict, long timestamp) {
        labelled.get(verdict.label()).increment();
        verdict.scores().forEach((label, probability) -> {
            DistributionSummary summary = probabilities.get(label);
            if (summary != null) {
                summary.record(probability);
            }
        });
        if (verdict.truncated()) {
            truncated.increment();
        }
        forwarded(timestamp);
    }

    /** A record went to the dead letters; the timestamp is as above. */
    public void deadLetter(DeadLetterReason reason, long timestamp) {
        deadLetters.get(reason).increment();
        forwarded(timestamp);
    }

    private void forwarded(long timestamp) {
        // A producer's clock may be ahead.
        latency.record(Math.max(0, clock.millis() - timestamp), TimeUnit.MILLISECONDS);
    }

    /** Records of a poll were put to work before they are processed. */
    public void submittedAhead(int records) {
        submittedAhead.increment(records);
    }

    /** A record is processed, whose verdict was {@code ahead} in work, or was not. */
    public void joined(boolean ahead) {
        (ahead ? hits : misses).increment();
    }

    /** The verdict on a message was known already, or was not. */
    public void remembered(boolean found) {
        (found ? known : unknown).increment();
    }

    /** The meters of the input. */
    public StreamMetrics stream() {
        return stream;
    }

    /** The meters of micro-batches. */
    public EngineMetrics engine() {
        return engine;
    }

    /** The meters of what is served. */
    public ModelMetrics models() {
        return models;
    }

    /** The meters of shadows. */
    public ShadowMetrics shadow() {
        return shadow;
    }
}
