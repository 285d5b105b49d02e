package org.smsieve.app.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.smsieve.json.ForeignJson;

/**
 * Takes a message that somebody typed, as {@code {"text":"…"}}, and answers with what the app made of it. Only JSON:
 * another site's form cannot send that.
 */
final class MessageHandler implements HttpHandler {
    /**
     * The largest body: 64 KiB of text, each byte of it escaped with six characters. Whether the text itself is too
     * long is for the app to say, as of every message.
     */
    static final int MAX_BODY_BYTES = 6 * 65_536 + 1_024;

    private static final JsonMapper JSON = ForeignJson.mapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final RoundTrip roundTrip;

    MessageHandler(RoundTrip roundTrip) {
        this.roundTrip = roundTrip;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
            refuse(exchange, Answers.UNSUPPORTED_TYPE, "Content-Type: expected application/json");
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            refuse(exchange, Answers.TOO_LARGE, "The message is too long.");
            return;
        }
        String text = text(body);
        if (text == null) {
            refuse(exchange, Answers.BAD_REQUEST, "expected: {\"text\":\"…\"} in UTF-8");
            return;
        }
        try {
            answer(exchange, roundTrip.send(text));
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** The text, or null where there is none, or one that UTF-8 has no bytes for: half a surrogate pair. */
    private static String text(byte[] body) {
        try {
            // A new decoder reports malformed input, where String's constructor would replace it.
            CharBuffer json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            JsonNode text = JSON.readTree(json.toString()).get("text");
            boolean isText = text != null
                    && text.isTextual()
                    && StandardCharsets.UTF_8.newEncoder().canEncode(text.textValue());
            return isText ? text.textValue() : null;
        } catch (CharacterCodingException | JacksonException e) {
            return null;
        }
    }

    private static void answer(HttpExchange exchange, RoundTrip.Outcome outcome) throws IOException {
        ObjectNode answer = JSON.createObjectNode();
        // No switch over the sealed type: that is a preview in Java 17.
        if (outcome instanceof RoundTrip.Labelled labelled) {
            answer.put("label", labelled.label())
                    .put("score", labelled.score())
                    .put("model", labelled.model())
                    .put("millis", labelled.millis());
            send(exchange, Answers.OK, answer);
        } else if (outcome instanceof RoundTrip.DeadLettered dead) {
            send(exchange, Answers.OK, answer.put("deadLetter", dead.reason()).put("millis", dead.millis()));
        } else if (outcome instanceof RoundTrip.Failed failed) {
            refuse(exchange, Answers.TIMED_OUT, failed.why());
        } else {
            refuse(exchange, Answers.TOO_MANY, "Too many messages wait for their verdict. Try again in a moment.");
        }
    }

    static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        send(exchange, status, JSON.createObjectNode().put("error", why));
    }

    private static void send(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
        Answers.send(exchange, status, Answers.JSON, JSON.writeValueAsString(answer) + "\n");
    }
}
