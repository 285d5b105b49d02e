package org.smsieve.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.classifier.ClassifierInfo;
import org.smsieve.classifier.Verdict;
import org.smsieve.fixture.Programs;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.text.Tokens;

class AppMetricsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:10Z");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AppMetrics metrics =
            new AppMetrics(registry, List.of("ham", "spam"), Clock.fixed(NOW, ZoneOffset.UTC));

    private Stream<String> scrape() {
        return registry.scrape().lines();
    }

    @Test
    void showsEveryMeterAtTheFirstScrape() {
        assertThat(scrape())
                .contains(
                        "smsieve_records_total{label=\"ham\"} 0.0",
                        "smsieve_records_total{label=\"spam\"} 0.0",
                        "smsieve_dead_letters_total{reason=\"not-utf8\"} 0.0",
                        "smsieve_dead_letters_total{reason=\"rejected\"} 0.0",
                        "smsieve_latency_seconds_count 0",
                        "smsieve_probability_percent_count{label=\"spam\"} 0",
                        "smsieve_truncated_total 0.0",
                        "smsieve_queue_time_seconds_bucket{le=\"0.005\"} 0",
                        "smsieve_batch_time_seconds_count 0",
                        "smsieve_batch_records_count 0",
                        "smsieve_batch_tokens_sum 0.0",
                        "smsieve_positions_total 0.0",
                        "smsieve_in_flight 0.0",
                        "smsieve_queue 0.0",
                        "smsieve_model_age_seconds NaN",
                        "smsieve_ready 0.0",
                        "smsieve_partitions 0.0",
                        "smsieve_lag 0.0",
                        "smsieve_lag_age_seconds 0.0",
                        "smsieve_device_memory_used_bytes NaN",
                        "smsieve_device_memory_size_bytes NaN",
                        "smsieve_swaps_total{outcome=\"refused\"} 0.0",
                        "smsieve_announcements_skipped_total 0.0",
                        "smsieve_shadow_records_total{agrees=\"false\"} 0.0",
                        "smsieve_ahead_submitted_total 0.0",
                        "smsieve_ahead_joined_total{result=\"hit\"} 0.0");
    }

    @Test
    void tellsWhatBecomesOfARecord() {
        Verdict verdict = new Verdict("spam", Map.of("ham", 0.03, "spam", 0.97), "m@1", 3, true);

        metrics.labelled(verdict, NOW.toEpochMilli() - 1_500);
        // Its producer's clock is ahead.
        metrics.deadLetter(DeadLetterReason.NOT_UTF8, NOW.toEpochMilli() + 1_000);

        assertThat(scrape())
                .contains(
                        "smsieve_records_total{label=\"spam\"} 1.0",
                        "smsieve_records_total{label=\"ham\"} 0.0",
                        "smsieve_dead_letters_total{reason=\"not-utf8\"} 1.0",
                        "smsieve_latency_seconds_bucket{le=\"0.001\"} 1",
                        "smsieve_latency_seconds_bucket{le=\"1.0\"} 1",
                        "smsieve_latency_seconds_bucket{le=\"2.0\"} 2",
                        "smsieve_probability_percent_bucket{label=\"spam\",le=\"95.0\"} 0",
                        "smsieve_probability_percent_bucket{label=\"spam\",le=\"99.0\"} 1",
                        "smsieve_probability_percent_bucket{label=\"ham\",le=\"5.0\"} 1",
                        "smsieve_truncated_total 1.0");
    }

    @Test
    void tellsWhichModelClassifies() {
        metrics.models().serves(new ClassifierInfo("sms@1", "fp32", "cpu", Optional.empty()));
        metrics.models().serves(new ClassifierInfo("sms@2", "bf16", "gpu:0", Optional.of(NOW.minusSeconds(60))));

        assertThat(scrape().filter(line -> line.startsWith("smsieve_model")))
                .containsExactlyInAnyOrder(
                        "smsieve_model{device=\"gpu:0\",name=\"sms\",precision=\"bf16\",version=\"2\"} 1.0",
                        "smsieve_model_age_seconds 60.0");
    }

    @Test
    void tellsWhatTheEngineDoes() {
        FakeClassifier classifier = new FakeClassifier(Duration.ofMillis(1));
        try (MicroBatcher engine = MicroBatcher.start(
                classifier,
                Tokens.of(1),
                new SettingsReader()
                        .set("kafka.bootstrap.servers", "none:1")
                        .read()
                        .batch(),
                metrics.engine())) {
            metrics.engine().watch(engine);
            engine.await(engine.submit(Tokens.of(1, 2, 3)));

            assertThat(scrape())
                    .contains(
                            "smsieve_batch_records_count 1",
                            "smsieve_batch_tokens_sum 3.0",
                            "smsieve_queue_time_seconds_count 1",
                            "smsieve_in_flight 0.0",
                            "smsieve_queue 0.0");
            // The canary too.
            assertThat(scrape()).contains("smsieve_positions_total 4.0");
        }
    }

    /** Prometheus' own linter, by its naming rules. */
    @Test
    void passesPromtool(@TempDir Path directory) throws Exception {
        Path executable = Programs.require("prometheus", "promtool");
        metrics.models().serves(new ClassifierInfo("sms@1", "fp32", "cpu", Optional.empty()));
        Path scrape = Files.writeString(directory.resolve("metrics"), registry.scrape());

        Process promtool = new ProcessBuilder(executable.toString(), "check", "metrics")
                .redirectInput(scrape.toFile())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(promtool.waitFor()).isZero();
    }

    @Test
    void knowsItsOwnMemory(@TempDir Path directory) throws Exception {
        Path status = Files.writeString(directory.resolve("status"), "Name:\tjava\nVmRSS:\t  2048 kB\n");

        assertThat(PlatformMetrics.resident(status)).isEqualTo(2 << 20);
        assertThat(PlatformMetrics.resident(directory.resolve("none"))).isNaN();
    }
}
