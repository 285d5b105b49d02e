package org.smsieve.app.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class StreamsAppTest {
    @Test
    void beginsAnewWhereNothingButATransactionFailed() {
        assertThat(StreamsApp.isOnlyTheTransactions(new StreamsException(new InvalidTxnStateException("given up"))))
                .isTrue();
        assertThat(StreamsApp.isOnlyTheTransactions(
                        new StreamsException(new KafkaException("Unhandled error in EndTxnResponse"))))
                .isTrue();
        assertThat(StreamsApp.isOnlyTheTransactions(new StreamsException(new RecordTooLargeException())))
                .isFalse();
        // As where a setting of the transactions is wrong.
        assertThat(StreamsApp.isOnlyTheTransactions(
                        new StreamsException(new KafkaException("Unexpected error in InitProducerIdResponse"))))
                .isFalse();
    }
}
