package org.smsieve.benchmark;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.bundle.Manifest;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.Inbound;
import org.smsieve.message.InboundReader;
import org.smsieve.message.InputFormat;
import org.smsieve.message.OutputFormat;

/** What the app does with a record beside classifying it: reads a JSON value, and writes one with a verdict in it. */
final class JsonRecords {
    private static final InboundReader READER =
            new InboundReader(new InputFormat.Json(JsonPointer.compile("/text")), 65_536);
    private static final JsonMapper JSON = new JsonMapper();

    private final Verdict verdict;

    /** Records with verdicts of a model. */
    JsonRecords(Manifest model) {
        Map<String, Double> scores = new LinkedHashMap<>();
        model.labels().forEach(label -> scores.put(label, 1.0 / model.labels().size()));
        verdict = new Verdict(model.labels().get(0), scores, model.model(), 24, false);
    }

    /** Inbound values with texts. */
    static List<byte[]> values(List<String> texts) {
        List<byte[]> values = new ArrayList<>(texts.size());
        try {
            for (int i = 0; i < texts.size(); i++) {
                values.add(JSON.writeValueAsBytes(Map.of("id", i, "text", texts.get(i))));
            }
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    /** From an inbound value to the labelled one. */
    byte[] copy(byte[] value) {
        if (READER.read(value) instanceof Inbound.Message message) {
            return OutputFormat.JSON.value(value, message, verdict);
        }
        throw new IllegalStateException("an inbound value cannot be read");
    }
}
