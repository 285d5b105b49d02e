package org.smsieve.app.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The part of the catalogue that tells how this process stands with its input. Safe for use by several threads. */
public final class StreamMetrics {
    /** What there is to show; asked by any thread. */
    public interface Source {
        /** Whether the app processes records, as {@code /health/ready} says. */
        boolean isReady();

        /** How many of the input's partitions this process has. */
        int partitions();

        /** How many records wait in them, by what the brokers last said. */
        long lag();

        /** Time since they said so. */
        Duration lagAge();
    }

    private volatile Optional<Source> watched = Optional.empty();

    /** Registers its meters. */
    StreamMetrics(MeterRegistry registry) {
        gauge(
                registry,
                "smsieve.ready",
                "Whether the app processes records: 1 or 0",
                source -> source.isReady() ? 1 : 0);
        gauge(
                registry,
                "smsieve.partitions",
                "Partitions of the input topic that this process has",
                Source::partitions);
        gauge(
                registry,
                "smsieve.lag",
                "Records behind the committed offsets, in this process's partitions of the input topic",
                Source::lag);
        Gauge.builder(
                        "smsieve.lag.age",
                        this,
                        metrics -> metrics.watched
                                .map(source -> source.lagAge().toMillis() / 1e3)
                                .orElse(0.0))
                .description("Time since the brokers last said how many records wait; some seconds when all is well")
                .baseUnit("seconds")
                .strongReference(true)
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<Source> value) {
        Gauge.builder(
                        name,
                        this,
                        metrics -> metrics.watched.map(value::applyAsDouble).orElse(0.0))
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Shows the figures of a source; before there is one, all are 0. */
    public void watch(Source source) {
        watched = Optional.of(source);
    }
}
