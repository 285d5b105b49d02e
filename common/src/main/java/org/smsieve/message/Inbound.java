package org.smsieve.message;

/** A record's value as read: a message, or the reason why there is none. */
public sealed interface Inbound {
    /**
     * A message.
     *
     * @param text the text to classify; may be empty
     * @param before of a JSON input, all that stands before the verdict's object in the output; of a text, empty
     * @param after of a JSON input, all that stands after it; of a text, empty
     */
    record Message(String text, String before, String after) implements Inbound {
        /** A message that is its text and nothing else. */
        public static Message ofText(String text) {
            return new Message(text, "", "");
        }

        /** Whether the message came inside a JSON object. */
        public boolean isJson() {
            return !before.isEmpty();
        }

        /** Without the text: a message is never logged. */
        @Override
        public String toString() {
            return "Message[" + text.length() + " characters]";
        }
    }

    /**
     * No message.
     *
     * @param reason why
     * @param detail what is wrong and where, without the message's text
     */
    record Unreadable(DeadLetterReason reason, String detail) implements Inbound {}
}
