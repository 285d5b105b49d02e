package org.smsieve.app.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.streams.KafkaStreams;

/** What Kafka, the JVM and the system tell of this process, through Micrometer's own binders. Thread-safe. */
public final class PlatformMetrics implements AutoCloseable {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern PROCESS = Pattern.compile("-?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d{1,15}) kB$");

    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final KafkaStreamsMetrics kafka;

    /** A registry for them: with filters, which have to be there before the first meter. */
    public static PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // Each start has another, and with it would have some 660 series of its own.
        for (String tag : List.of("client.id", "thread.id", "process.id")) {
            registry.config()
                    .meterFilter(MeterFilter.replaceTagValues(
                            tag, value -> PROCESS.matcher(value).replaceFirst("")));
        }
        registry.config().meterFilter(MeterFilter.ignoreTags("kafka.version"));
        return registry;
    }

    /**
     * Registers them.
     *
     * @param streams whose metrics and those of its clients are shown
     */
    public PlatformMetrics(MeterRegistry registry, KafkaStreams streams) {
        kafka = new KafkaStreamsMetrics(streams);
        List<MeterBinder> binders = List.of(
                new JvmInfoMetrics(),
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics(),
                collections,
                kafka);
        binders.forEach(binder -> binder.bindTo(registry));
        // The model's weights are outside of the heap.
        Gauge.builder("process.resident.memory", () -> resident(STATUS))
                .description("Memory of this process, the native one too")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
    }

    /** The memory that a process has resident, as Linux tells; no number elsewhere, or when it has ended. */
    public static double residentBytes(long pid) {
        return resident(Path.of("/proc", Long.toString(pid), "status"));
    }

    /** As Linux tells; no number elsewhere. */
    static double resident(Path status) {
        try {
            Matcher matcher = RESIDENT.matcher(Files.readString(status));
            return matcher.find() ? 1024.0 * Long.parseLong(matcher.group(1)) : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        collections.close();
        kafka.close();
    }
}
