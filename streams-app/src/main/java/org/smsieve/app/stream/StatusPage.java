package org.smsieve.app.stream;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.config.Topics;
import org.smsieve.app.live.Recent;
import org.smsieve.app.live.Sample;
import org.smsieve.app.metrics.StreamMetrics;
import org.smsieve.app.swap.SwapEvent;
import org.smsieve.app.swap.SwapLog;
import org.smsieve.command.Commands;

/** What {@code /api/status} says: the app's state for people, scripts and the page, as one JSON object. Thread-safe. */
final class StatusPage {
    private static final JsonMapper JSON = new JsonMapper();

    private final AppConfig config;
    private final List<String> labels;
    private final KafkaStreams streams;
    private final MeterRegistry registry;
    private final Recent recent;
    private final Instant started = Instant.now();

    StatusPage(AppConfig config, List<String> labels, KafkaStreams streams, MeterRegistry registry, Recent recent) {
        this.config = config;
        this.labels = labels;
        this.streams = streams;
        this.registry = registry;
        this.recent = recent;
    }

    String json(StreamMetrics.Source stream, int inFlight, SwapLog.Status models) {
        ObjectNode status = JSON.createObjectNode();
        status.put("application", config.applicationId());
        status.put("started", started.toString());
        status.put("state", streams.state().name());
        status.put("ready", stream.isReady());
        status.put("partitions", stream.partitions());
        topics(status.putObject("topics"));
        status.put("inFlight", inFlight);
        status.put("lag", stream.lag());
        status.put("model", models.model());
        status.put("modelSince", models.since().toString());
        status.put("shadow", models.shadow().orElse(null));
        counts(status.putObject("records"), "smsieve.records", "label");
        counts(status.putObject("deadLetters"), "smsieve.dead.letters", "reason");
        now(status.putObject("now"));
        swaps(status.putArray("swaps"), models.events());
        status.put("launcher", Commands.launcher());
        status.put("showsMessages", recent.showsMessages());
        status.put("acceptsMessages", config.http().acceptMessages());
        if (recent.showsMessages()) {
            // So that the page can say how to send one.
            status.put("brokers", config.kafka().values().get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG));
        }
        try {
            return JSON.writeValueAsString(status) + "\n";
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void topics(ObjectNode node) {
        Topics topics = config.topics();
        node.put("input", topics.input());
        node.put("deadLetter", topics.deadLetter());
        ObjectNode outputs = node.putObject("outputs");
        labels.forEach(label -> outputs.put(label, topics.output(label)));
    }

    /** The values of counters by their tag, in the order of the labels or the alphabet. */
    private void counts(ObjectNode counts, String meter, String tag) {
        if (tag.equals("label")) {
            labels.forEach(label -> counts.put(label, 0L));
        }
        registry.find(meter).counters().stream()
                .sorted((a, b) -> a.getId().getTag(tag).compareTo(b.getId().getTag(tag)))
                .forEach(counter -> counts.put(counter.getId().getTag(tag), count(counter)));
    }

    private static long count(Counter counter) {
        return Math.round(counter.count());
    }

    private void now(ObjectNode node) {
        Sample now = recent.now();
        node.put("perSecond", tenths(now.perSecond()));
        node.put("p50Millis", tenths(now.p50Millis()));
        node.put("p99Millis", tenths(now.p99Millis()));
    }

    /** Null where there is none: JSON has no NaN. */
    private static Double tenths(double figure) {
        return Double.isNaN(figure) ? null : Math.round(figure * 10) / 10.0;
    }

    private static void swaps(ArrayNode swaps, List<SwapEvent> events) {
        for (SwapEvent event : events) {
            swaps.addObject()
                    .put("time", event.time().toString())
                    .put("outcome", event.outcome().tag())
                    .put("model", event.model())
                    .put("reason", event.reason());
        }
    }
}
