package org.smsieve.app.topology;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.message.Probability;

/** The headers of what is written, all of them UTF-8 text. */
public final class OutboundHeaders {
    /** The label decided on. */
    public static final String LABEL = "smsieve.label";

    /** The probability of that label, with six decimals. */
    public static final String SCORE = "smsieve.score";

    /** The model that decided, {@code name@version}. */
    public static final String MODEL = "smsieve.model";

    /** The Java type of what went wrong with a dead letter. */
    public static final String ERROR_EXCEPTION = "__streams.errors.exception";

    /** A {@link DeadLetterReason}'s tag, a colon and details. */
    public static final String ERROR_MESSAGE = "__streams.errors.message";

    /** The topic, partition and offset that a dead letter came from. */
    public static final String ERROR_TOPIC = "__streams.errors.topic";

    /** See {@link #ERROR_TOPIC}. */
    public static final String ERROR_PARTITION = "__streams.errors.partition";

    /** See {@link #ERROR_TOPIC}. */
    public static final String ERROR_OFFSET = "__streams.errors.offset";

    private static final Set<String> VERDICT = Set.of(LABEL, SCORE, MODEL);

    private OutboundHeaders() {}

    /** A record's headers with its verdict, in place of one that an earlier run may have left there. */
    static Headers labelled(Headers inbound, Verdict verdict) {
        Headers headers = new RecordHeaders();
        for (Header header : inbound) {
            if (!(header instanceof PendingVerdict) && !VERDICT.contains(header.key())) {
                headers.add(header);
            }
        }
        add(headers, LABEL, verdict.label());
        add(headers, SCORE, Probability.format(verdict.score()));
        add(headers, MODEL, verdict.model());
        return headers;
    }

    /** A record's headers, all of them, with what went wrong and where it came from. */
    static Headers deadLetter(Headers inbound, DeadLetter letter, RecordMetadata origin) {
        Headers headers = new RecordHeaders();
        for (Header header : inbound) {
            if (!(header instanceof PendingVerdict)) {
                headers.add(header);
            }
        }
        add(headers, ERROR_EXCEPTION, letter.exception());
        add(headers, ERROR_MESSAGE, letter.reason().tag() + ": " + letter.detail());
        add(headers, ERROR_TOPIC, origin.topic());
        add(headers, ERROR_PARTITION, Integer.toString(origin.partition()));
        add(headers, ERROR_OFFSET, Long.toString(origin.offset()));
        return headers;
    }

    private static void add(Headers headers, String key, String value) {
        headers.add(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
