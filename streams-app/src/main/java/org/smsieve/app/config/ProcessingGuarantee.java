package org.smsieve.app.config;

import java.util.Locale;

/** What is promised of each inbound record. */
public enum ProcessingGuarantee {
    /** It gives exactly one output, by Kafka's transactions. */
    EXACTLY_ONCE_V2,
    /** It gives at least one output. */
    AT_LEAST_ONCE;

    /** The name by which Kafka Streams knows it. */
    public String kafkaName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
