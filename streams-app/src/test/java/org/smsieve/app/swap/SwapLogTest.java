package org.smsieve.app.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.swap.SwapEvent.Outcome;
import org.smsieve.classifier.ClassifierInfo;

class SwapLogTest {
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(SwapLog.class);
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<SwapEvent> told = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private SwapLog log;

    @BeforeEach
    void start() {
        lines.start();
        // Off in tests otherwise.
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        log = new SwapLog(clock, new AppMetrics(registry, List.of("ham", "spam")).models(), info("first@1"), told::add);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    private Instant later() {
        now = now.plusSeconds(1);
        return now;
    }

    @Test
    void beginsWithTheFirstModel() {
        assertThat(log.status().model()).isEqualTo("first@1");
        assertThat(log.status().since()).isEqualTo(Instant.EPOCH);
        assertThat(log.status().shadow()).isEmpty();
        assertThat(log.status().events()).isEmpty();
        assertThat(registry.scrape())
                .contains("smsieve_model{device=\"cpu\",name=\"first\",precision=\"fp32\",version=\"1\"} 1.0");
        for (Outcome outcome : Outcome.values()) {
            assertThat(registry.scrape()).contains("smsieve_swaps_total{outcome=\"" + outcome.tag() + "\"} 0.0");
        }
    }

    @Test
    void tellsWhatIsServedSinceWhenAndTheLastEventFirst() {
        Instant shadowed = later();
        log.shadowing("next@1");
        assertThat(log.status().shadow()).hasValue("next@1");
        assertThat(log.status().since()).as("a shadow is not served").isEqualTo(Instant.EPOCH);
        Instant promoted = later();
        log.promoted("next@1", "figures");
        log.shadowEnded();
        assertThat(log.status().shadow()).isEmpty();
        Instant swapped = later();
        log.swapped(info("next@1"), "");
        Instant refused = later();
        log.refused("next@2", "unsound");
        Instant dropped = later();
        log.dropped("next@3", "too slow");

        SwapLog.Status status = log.status();

        assertThat(status.model()).isEqualTo("next@1");
        assertThat(status.since()).isEqualTo(swapped);
        assertThat(status.events())
                .containsExactly(
                        new SwapEvent(dropped, Outcome.DROPPED, "next@3", "too slow"),
                        new SwapEvent(refused, Outcome.REFUSED, "next@2", "unsound"),
                        new SwapEvent(swapped, Outcome.SWAPPED, "next@1", ""),
                        new SwapEvent(promoted, Outcome.PROMOTED, "next@1", "figures"),
                        new SwapEvent(shadowed, Outcome.SHADOWED, "next@1", ""));
        assertThat(told).containsExactlyInAnyOrderElementsOf(status.events());
        assertThat(registry.scrape())
                .contains("smsieve_model{device=\"cpu\",name=\"next\",precision=\"fp32\",version=\"1\"} 1.0")
                .doesNotContain("name=\"first\"");
    }

    @Test
    void keepsTheLastTwenty() {
        IntStream.rangeClosed(1, 25).forEach(i -> log.refused("next@" + i, "unsound"));

        assertThat(log.status().events())
                .extracting(SwapEvent::model)
                .containsExactlyElementsOf(IntStream.iterate(25, i -> i - 1)
                        .limit(20)
                        .mapToObj(i -> "next@" + i)
                        .toList());
        assertThat(told).hasSize(25);
    }

    @Test
    void countsByOutcome() {
        log.refused("next@1", "unsound");
        log.refused("next@2", "unsound");
        log.shadowing("next@3");
        log.dropped("next@3", "too slow");
        log.swapped(info("next@4"), "");

        assertThat(registry.scrape().lines().filter(line -> line.startsWith("smsieve_swaps_total")))
                .containsExactlyInAnyOrder(
                        "smsieve_swaps_total{outcome=\"dropped\"} 1.0",
                        "smsieve_swaps_total{outcome=\"promoted\"} 0.0",
                        "smsieve_swaps_total{outcome=\"refused\"} 2.0",
                        "smsieve_swaps_total{outcome=\"shadowed\"} 1.0",
                        "smsieve_swaps_total{outcome=\"swapped\"} 1.0");
    }

    @Test
    void writesALineOnEachAndAWarningOnWhatDidNotSucceed() {
        log.refused("next@1", "unsound");
        log.dropped("next@2", "too slow");
        log.swapped(info("next@3"), "");

        assertThat(lines.list)
                .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        tuple(Level.WARN, "model next@1: refused: unsound"),
                        tuple(Level.WARN, "model next@2: dropped: too slow"),
                        tuple(Level.INFO, "model next@3: swapped"));
    }

    private static ClassifierInfo info(String model) {
        return new ClassifierInfo(model, "fp32", "cpu", Optional.empty());
    }
}
