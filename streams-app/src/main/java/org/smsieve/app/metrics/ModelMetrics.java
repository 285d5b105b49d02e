package org.smsieve.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.lang.management.MemoryUsage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.smsieve.app.swap.SwapEvent;
import org.smsieve.classifier.ClassifierInfo;
import org.smsieve.gpt2.Devices;

/** The part of the catalogue that tells which model is served and how that changes. Safe for use by several threads. */
public final class ModelMetrics {
    private final Clock clock;
    private final MultiGauge model;
    private final Map<SwapEvent.Outcome, Counter> swaps = new EnumMap<>(SwapEvent.Outcome.class);
    private final Counter announcementsSkipped;
    private volatile Optional<Instant> created = Optional.empty();
    private volatile String device = "cpu";

    /** Registers its meters. */
    ModelMetrics(MeterRegistry registry, Clock clock) {
        this.clock = clock;
        model = MultiGauge.builder("smsieve.model")
                .description("The model that classifies, and what it computes in and on: always 1")
                .register(registry);
        Gauge.builder("smsieve.model.age", this, ModelMetrics::age)
                .description(
                        "Time since the model that classifies was trained; no number where its bundle does not say")
                .baseUnit("seconds")
                .strongReference(true)
                .register(registry);
        memory(registry, "used", "Memory of the GPU in use, by whomever; no number on a CPU", MemoryUsage::getUsed);
        memory(registry, "size", "Memory that the GPU has; no number on a CPU", MemoryUsage::getMax);
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
    }

    private void memory(MeterRegistry registry, String what, String description, ToLongFunction<MemoryUsage> value) {
        Gauge.builder(
                        "smsieve.device.memory." + what,
                        () -> Devices.memory(device)
                                .map(memory -> (double) value.applyAsLong(memory))
                                .orElse(Double.NaN))
                .description(description)
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
    }

    private double age() {
        return created.map(instant -> Duration.between(instant, clock.instant()).toMillis() / 1e3)
                .orElse(Double.NaN);
    }

    /** Something became of an announced model. */
    public void swap(SwapEvent.Outcome outcome) {
        swaps.get(outcome).increment();
    }

    /** A record on the models' topic announced nothing. */
    public void announcementSkipped() {
        announcementsSkipped.increment();
    }

    /** Another model classifies. */
    public void serves(ClassifierInfo info) {
        int at = info.model().indexOf('@');
        Tags tags = Tags.of(
                "name",
                info.model().substring(0, at),
                "version",
                info.model().substring(at + 1),
                "precision",
                info.precision(),
                "device",
                info.device());
        model.register(List.of(MultiGauge.Row.of(tags, 1)), true);
        created = info.created();
        device = info.device();
    }
}
