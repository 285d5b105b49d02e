package org.smsieve.app.http;

/** Sends a text on the way of every message, through the input topic, and waits for what comes out. Thread-safe. */
public interface RoundTrip {
    /** Sends a text and waits; bounded in time. */
    Outcome send(String text) throws InterruptedException;

    /** What became of a text: a closed set. */
    sealed interface Outcome {}

    /**
     * It came out of a label's topic.
     *
     * @param score the probability of the label, as the record's header has it
     * @param model {@code name@version}
     * @param millis from sending it until reading it
     */
    record Labelled(String label, String score, String model, long millis) implements Outcome {}

    /**
     * It came out as a dead letter.
     *
     * @param reason the reason's tag, a colon and details
     */
    record DeadLettered(String reason, long millis) implements Outcome {}

    /** Too many wait already; it was not sent. */
    record Busy() implements Outcome {}

    /**
     * It was not sent, or did not come out in time.
     *
     * @param why what is known of it
     */
    record Failed(String why) implements Outcome {}
}
