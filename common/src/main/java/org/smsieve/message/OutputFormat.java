package org.smsieve.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.Inbound.Message;

/** What the value of a labelled record holds. */
public enum OutputFormat {
    /**
     * JSON. For a text: {@code {"text":…,"label":…,"scores":{…},"model":…,"tokens":…,"truncated":…}}. For a JSON input:
     * the input as it came, with the same members but the text in an object {@code classification}.
     */
    JSON {
        @Override
        public byte[] value(byte[] original, Message message, Verdict verdict) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(original.length + 256);
            try {
                out.write(message.before().getBytes(StandardCharsets.UTF_8));
                write(out, message, verdict);
                out.write(message.after().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }

        private void write(ByteArrayOutputStream out, Message message, Verdict verdict) throws IOException {
            try (JsonGenerator json = FACTORY.createGenerator(out)) {
                json.writeStartObject();
                if (!message.isJson()) {
                    json.writeStringField("text", message.text());
                }
                json.writeStringField("label", verdict.label());
                json.writeObjectFieldStart("scores");
                for (Map.Entry<String, Double> score : verdict.scores().entrySet()) {
                    json.writeFieldName(score.getKey());
                    json.writeNumber(Probability.format(score.getValue()));
                }
                json.writeEndObject();
                json.writeStringField("model", verdict.model());
                json.writeNumberField("tokens", verdict.tokens());
                json.writeBooleanField("truncated", verdict.truncated());
                json.writeEndObject();
            }
        }
    },

    /** The input's bytes untouched: the verdict stands in the headers alone. */
    PASSTHROUGH {
        @Override
        public byte[] value(byte[] original, Message message, Verdict verdict) {
            return original;
        }
    };

    private static final JsonFactory FACTORY = new JsonFactory();

    /**
     * The value of a labelled record.
     *
     * @param original the input's value; not changed
     * @param message what was read from it
     * @param verdict the verdict on it
     */
    public abstract byte[] value(byte[] original, Message message, Verdict verdict);
}
