package org.smsieve.app.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.smsieve.app.live.LatestMessage;
import org.smsieve.app.live.Sample;

/** What the page is told, as server-sent events: each a name and a line of JSON. */
final class PageEvents {
    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private PageEvents() {}

    /** The state, see {@code /api/status}. */
    static String status(String json) {
        return event("status", json.strip());
    }

    /** The past for the charts: samples of a time in ms, messages a second, p50 and p99 in ms. */
    static String history(List<Sample> samples) {
        ArrayNode all = NODES.arrayNode();
        samples.forEach(sample -> all.add(node(sample)));
        return event("history", text(all));
    }

    /** The last second for the charts. */
    static String sample(Sample sample) {
        return event("sample", text(node(sample)));
    }

    /** The latest messages, the very last first. */
    static String messages(List<LatestMessage> messages) {
        ArrayNode all = NODES.arrayNode();
        for (LatestMessage message : messages) {
            ObjectNode node = all.addObject();
            node.put("number", message.number());
            node.put("time", message.time().toEpochMilli());
            message.verdict()
                    .ifPresent(verdict -> node.put("label", verdict.label())
                            .put("score", verdict.score())
                            .put("model", verdict.model())
                            .put("tokens", verdict.tokens())
                            .put("truncated", verdict.truncated()));
            message.deadLetter().ifPresent(reason -> node.put("deadLetter", reason));
            node.put("text", message.text());
            node.put("cut", message.cut());
        }
        return event("messages", text(all));
    }

    private static ArrayNode node(Sample sample) {
        ArrayNode node = NODES.arrayNode().add(sample.end().toEpochMilli());
        for (double figure : new double[] {sample.perSecond(), sample.p50Millis(), sample.p99Millis()}) {
            if (Double.isNaN(figure)) {
                node.addNull();
            } else {
                node.add(BigDecimal.valueOf(figure).setScale(2, RoundingMode.HALF_UP));
            }
        }
        return node;
    }

    private static String text(ArrayNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String event(String name, String line) {
        return "event: " + name + "\ndata: " + line + "\n\n";
    }
}
