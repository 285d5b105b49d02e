package org.smsieve.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** The part of the catalogue that compares a shadow with the served model. Safe for use by several threads. */
public final class ShadowMetrics {
    private final Counter agreeing;
    private final Counter differing;
    private final Counter skipped;
    private final DistributionSummary difference;
    private final Timer time;
    private volatile DoubleSupplier agreement = () -> Double.NaN;
    private volatile DoubleSupplier latencyRatio = () -> Double.NaN;

    /** Registers its meters. */
    ShadowMetrics(MeterRegistry registry) {
        agreeing = compared(registry, "true");
        differing = compared(registry, "false");
        skipped = Counter.builder("smsieve.shadow.skipped")
                .description("Records of the shadow's share that it had no time for")
                .register(registry);
        difference = DistributionSummary.builder("smsieve.shadow.score.difference")
                .description("Largest difference of a label's probability between the shadow and the served model")
                .register(registry);
        time = Timer.builder("smsieve.shadow.batch.time")
                .description("Time in which the shadow classifies a micro-batch")
                .serviceLevelObjectives(AppMetrics.TIMES)
                .register(registry);
        Gauge.builder("smsieve.shadow.agreement", () -> agreement.getAsDouble())
                .description("Share of records to which the shadow of the moment gives the served model's label")
                .register(registry);
        Gauge.builder("smsieve.shadow.latency.ratio", () -> latencyRatio.getAsDouble())
                .description("Time of the shadow of the moment for the same micro-batches, by the served model's")
                .register(registry);
    }

    private static Counter compared(MeterRegistry registry, String agrees) {
        return Counter.builder("smsieve.shadow.records")
                .description("Records that a shadow classified too, by whether it gave the same label")
                .tag("agrees", agrees)
                .register(registry);
    }

    /** A record was classified by both models. */
    public void compared(boolean agrees, double scoreDifference) {
        (agrees ? agreeing : differing).increment();
        difference.record(scoreDifference);
    }

    /** The shadow classified a micro-batch. */
    public void classified(long nanos) {
        time.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** The shadow had no time for these. */
    public void skipped(int records) {
        skipped.increment(records);
    }

    /** Shows the figures of another shadow; NaN where there is none. */
    public void watch(DoubleSupplier agreementNow, DoubleSupplier latencyRatioNow) {
        agreement = agreementNow;
        latencyRatio = latencyRatioNow;
    }
}
