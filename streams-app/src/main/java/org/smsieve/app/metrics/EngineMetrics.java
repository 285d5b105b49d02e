package org.smsieve.app.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.smsieve.app.microbatch.MicroBatchListener;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/** The part of the catalogue that tells what the engine does. Safe for use by several threads. */
public final class EngineMetrics implements MicroBatchListener {
    private static final double[] RECORDS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
    private static final double[] TOKENS = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};

    private final DistributionSummary batchRecords;
    private final DistributionSummary batchTokens;
    private final Timer batchTime;
    private final Timer queueTime;
    /** The engine there is, once it has started. */
    private volatile Optional<MicroBatcher> watched = Optional.empty();

    /** Registers its meters. */
    EngineMetrics(MeterRegistry registry) {
        queueTime = Timer.builder("smsieve.queue.time")
                .description("Time a message waits until a micro-batch takes it")
                .serviceLevelObjectives(AppMetrics.TIMES)
                .register(registry);
        batchTime = Timer.builder("smsieve.batch.time")
                .description(
                        "Time to classify a micro-batch: the rate of its sum is the share of time the engine is busy")
                .serviceLevelObjectives(AppMetrics.TIMES)
                .register(registry);
        batchRecords = DistributionSummary.builder("smsieve.batch.records")
                .description("Messages of a micro-batch")
                .serviceLevelObjectives(RECORDS)
                .register(registry);
        batchTokens = DistributionSummary.builder("smsieve.batch.tokens")
                .description("Tokens of a micro-batch, without padding")
                .serviceLevelObjectives(TOKENS)
                .register(registry);
        FunctionCounter.builder("smsieve.positions", this, metrics -> metrics.value(MicroBatcher::positions))
                .description("Positions computed, padding included: what the batches' tokens leave of them is padding")
                .register(registry);
        gauge(registry, "smsieve.in.flight", "Messages submitted that have no verdict yet", MicroBatcher::inFlight);
        gauge(registry, "smsieve.queue", "Messages that no micro-batch has taken yet", MicroBatcher::queued);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<MicroBatcher> value) {
        Gauge.builder(name, this, metrics -> metrics.value(value))
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private double value(ToDoubleFunction<MicroBatcher> value) {
        return watched.map(value::applyAsDouble).orElse(0.0);
    }

    /** Shows the state of the engine that runs. */
    public void watch(MicroBatcher engine) {
        watched = Optional.of(engine);
    }

    @Override
    public void taken(long waitedNanos) {
        queueTime.record(waitedNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void classified(List<Tokens> messages, List<Verdict> verdicts, long nanos) {
        batchRecords.record(messages.size());
        batchTokens.record(verdicts.stream().mapToInt(Verdict::tokens).sum());
        batchTime.record(nanos, TimeUnit.NANOSECONDS);
    }
}
