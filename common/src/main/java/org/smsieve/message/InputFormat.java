package org.smsieve.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.smsieve.json.ForeignJson;
import org.smsieve.message.Inbound.Message;
import org.smsieve.message.Inbound.Unreadable;

/** How the text of a message stands in a record's value. Immutable, safe for use by several threads. */
public sealed interface InputFormat {
    /** Reads a value that is known to be UTF-8. */
    Inbound read(String value);

    /** The value is the text. */
    record Text() implements InputFormat {
        @Override
        public Inbound read(String value) {
            return Message.ofText(value);
        }
    }

    /**
     * The value is a JSON object (RFC 8259) that holds the text. Of members of one name the last counts. The object is
     * kept character by character, numbers and duplicates too: a member {@code classification} is added at its end, or,
     * where it has one already, that one's value is replaced.
     *
     * @param pointer where the text stands (RFC 6901), such as {@code /text}; not the whole value
     */
    record Json(JsonPointer pointer) implements InputFormat {
        private static final String MEMBER = "classification";

        /** No bound on names and numbers but the value's own size: they are passed on, not converted. */
        private static final JsonFactory JSON = ForeignJson.factory()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(500)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .build())
                .build();

        public Json {
            if (pointer.matches()) {
                throw new IllegalArgumentException("the pointer names the whole value");
            }
        }

        @Override
        public Inbound read(String value) {
            try (JsonParser parser = JSON.createParser(value)) {
                return read(value, parser);
            } catch (JsonProcessingException e) {
                // Jackson's own message quotes the input.
                long at = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
                return new Unreadable(
                        DeadLetterReason.MALFORMED_JSON,
                        at < 0 ? "nested too deeply" : "malformed near character " + at);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Inbound read(String value, JsonParser parser) throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Unreadable(DeadLetterReason.MALFORMED_JSON, "the value is not an object");
            }
            Walk walk = new Walk(parser);
            walk.member(pointer, true);
            int end = (int) parser.currentTokenLocation().getCharOffset();
            if (parser.nextToken() != null) {
                return new Unreadable(DeadLetterReason.MALFORMED_JSON, "something follows the object");
            }
            if (!walk.found) {
                return new Unreadable(DeadLetterReason.MISSING_TEXT, "nothing at " + pointer);
            }
            if (walk.text == null) {
                return new Unreadable(DeadLetterReason.TEXT_NOT_A_STRING, "no string at " + pointer);
            }
            return walk.oldEnd > 0
                    ? new Message(walk.text, value.substring(0, walk.oldStart), value.substring(walk.oldEnd))
                    : new Message(walk.text, value.substring(0, end) + ",\"" + MEMBER + "\":", value.substring(end));
        }

        /** One pass over the object: checks all of it, converts the text alone. */
        private static final class Walk {
            private final JsonParser parser;
            private boolean found;
            private String text;
            private int oldStart;
            private int oldEnd;

            Walk(JsonParser parser) {
                this.parser = parser;
            }

            /** Reads the value the parser stands at to its end; {@code rest} leads from there to the text. */
            private void value(JsonPointer rest) throws IOException {
                if (rest == null) {
                    parser.skipChildren();
                } else if (rest.matches()) {
                    found = true;
                    text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
                    parser.skipChildren();
                } else if (parser.currentToken() == JsonToken.START_OBJECT) {
                    member(rest, false);
                } else if (parser.currentToken() == JsonToken.START_ARRAY) {
                    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                        value(rest.matchElement(i));
                    }
                }
            }

            private void member(JsonPointer rest, boolean top) throws IOException {
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    int start = (int) parser.currentTokenLocation().getCharOffset();
                    value(rest.matchProperty(name));
                    if (top && name.equals(MEMBER)) {
                        parser.finishToken();
                        oldStart = start;
                        oldEnd = (int) parser.currentLocation().getCharOffset();
                    }
                }
            }
        }
    }
}
