package org.smsieve.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** A JSON object a line, {@code label} a string or an integer, {@code text} a string; other members are ignored. */
final class JsonLinesParser implements RowParser {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    @Override
    public void parse(String content, RowCollector rows) {
        int number = 0;
        for (String line : content.split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                parseLine(line, number, rows);
            }
        }
    }

    private static void parseLine(String line, int number, RowCollector rows) {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            // Its message can quote the text.
            rows.reject(number, "not a JSON object");
            return;
        }
        JsonNode label = row.path("label");
        JsonNode text = row.path("text");
        if (!row.isObject()) {
            rows.reject(number, "not a JSON object");
        } else if (!label.isTextual() && !label.isIntegralNumber()) {
            rows.reject(number, "label (expected: a string or an integer)");
        } else if (!text.isTextual()) {
            rows.reject(number, "text (expected: a string)");
        } else {
            rows.add(number, label.asText(), text.textValue());
        }
    }
}
