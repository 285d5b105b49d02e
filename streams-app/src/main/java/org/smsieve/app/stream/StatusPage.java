package org.smsieve.app.stream;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import org.apache.kafka.streams.KafkaStreams.State;
import org.smsieve.app.swap.SwapEvent;
import org.smsieve.app.swap.SwapLog;

/** What {@code /api/status} says: the app's state for people and scripts, as one JSON object. */
final class StatusPage {
    private static final JsonMapper JSON = new JsonMapper();

    private StatusPage() {}

    static String of(State state, boolean ready, int inFlight, SwapLog.Status models) {
        ObjectNode status = JSON.createObjectNode();
        status.put("state", state.name());
        status.put("ready", ready);
        status.put("inFlight", inFlight);
        status.put("model", models.model());
        status.put("modelSince", models.since().toString());
        status.put("shadow", models.shadow().orElse(null));
        ArrayNode swaps = status.putArray("swaps");
        for (SwapEvent event : models.events()) {
            swaps.addObject()
                    .put("time", event.time().toString())
                    .put("outcome", event.outcome().tag())
                    .put("model", event.model())
                    .put("reason", event.reason());
        }
        try {
            return JSON.writeValueAsString(status) + "\n";
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }
}
