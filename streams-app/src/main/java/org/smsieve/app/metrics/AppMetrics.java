package org.smsieve.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.smsieve.app.microbatch.MicroBatchListener;
import org.smsieve.app.swap.SwapEvent;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.text.Tokens;

/**
 * The catalogue of the app's meters, all registered at start, so that the first scrape shows them at 0. Records are
 * counted when they are forwarded: one whose transaction is aborted is counted again when it is done again. Safe for
 * use by several threads.
 */
public final class AppMetrics implements MicroBatchListener {
    private final MeterRegistry registry;
    private final Map<String, Counter> labelled;
    private final Map<DeadLetterReason, Counter> deadLetters = new EnumMap<>(DeadLetterReason.class);
    private final DistributionSummary batchRecords;
    private final DistributionSummary batchTokens;
    private final Timer batchTime;
    private final Counter submittedAhead;
    private final Counter hits;
    private final Counter misses;
    private final Map<SwapEvent.Outcome, Counter> swaps = new EnumMap<>(SwapEvent.Outcome.class);
    private final Counter announcementsSkipped;
    private final MultiGauge modelInfo;
    private final ShadowMetrics shadow;

    /**
     * Registers all meters.
     *
     * @param labels the labels a record can have
     */
    public AppMetrics(MeterRegistry registry, List<String> labels) {
        this.registry = registry;
        labelled = labels.stream()
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(),
                        label -> Counter.builder("smsieve.records")
                                .description("Records labelled")
                                .tag("label", label)
                                .register(registry)));
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            deadLetters.put(
                    reason,
                    Counter.builder("smsieve.dead.letters")
                            .description("Records that could not be labelled")
                            .tag("reason", reason.tag())
                            .register(registry));
        }
        batchRecords = DistributionSummary.builder("smsieve.batch.records")
                .description("Messages of a micro-batch")
                .register(registry);
        batchTokens = DistributionSummary.builder("smsieve.batch.tokens")
                .description("Tokens of a micro-batch")
                .register(registry);
        batchTime = Timer.builder("smsieve.batch.time")
                .description("Time to classify a micro-batch")
                .register(registry);
        submittedAhead = Counter.builder("smsieve.ahead.submitted")
                .description("Records put to work at the poll; without the hits: classified for a partition revoked")
                .register(registry);
        hits = joined("hit");
        misses = joined("miss");
        for (SwapEvent.Outcome outcome : SwapEvent.Outcome.values()) {
            swaps.put(
                    outcome,
                    Counter.builder("smsieve.swaps")
                            .description("What became of announced models")
                            .tag("outcome", outcome.tag())
                            .register(registry));
        }
        announcementsSkipped = Counter.builder("smsieve.announcements.skipped")
                .description("Records on the models' topic that announce nothing")
                .register(registry);
        modelInfo = MultiGauge.builder("smsieve.model")
                .description("The model that classifies")
                .register(registry);
        shadow = new ShadowMetrics(registry);
    }

    private Counter joined(String result) {
        return Counter.builder("smsieve.ahead.joined")
                .description("Records processed that had been put to work at the poll, or had not")
                .tag("result", result)
                .register(registry);
    }

    /** Shows how many messages are submitted to the engine and have no verdict. */
    public void watchInFlight(Supplier<Number> inFlight) {
        Gauge.builder("smsieve.in.flight", inFlight)
                .description("Messages submitted to the engine that have no verdict yet")
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void classified(List<Tokens> messages, List<Verdict> verdicts, long nanos) {
        batchRecords.record(messages.size());
        batchTokens.record(verdicts.stream().mapToInt(Verdict::tokens).sum());
        batchTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A record was labelled. */
    public void labelled(String label) {
        labelled.get(label).increment();
    }

    /** A record went to the dead letters. */
    public void deadLetter(DeadLetterReason reason) {
        deadLetters.get(reason).increment();
    }

    /** Records of a poll were put to work before they are processed. */
    public void submittedAhead(int records) {
        submittedAhead.increment(records);
    }

    /** A record is processed, whose verdict was {@code ahead} in work, or was not. */
    public void joined(boolean ahead) {
        (ahead ? hits : misses).increment();
    }

    /** Something became of an announced model. */
    public void swap(SwapEvent.Outcome outcome) {
        swaps.get(outcome).increment();
    }

    /** A record on the models' topic announced nothing. */
    public void announcementSkipped() {
        announcementsSkipped.increment();
    }

    /** Another model classifies: {@code name@version}. */
    public void model(String model) {
        int at = model.indexOf('@');
        Tags tags = Tags.of("name", model.substring(0, at), "version", model.substring(at + 1));
        modelInfo.register(List.of(MultiGauge.Row.of(tags, 1)), true);
    }

    /** The meters of shadows. */
    public ShadowMetrics shadow() {
        return shadow;
    }
}
