package org.smsieve.app.topology;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;

/**
 * Tells which topic refuses a record, where the error of the transaction does not; otherwise it is Kafka Streams' own
 * handler, by which the thread fails. Kafka makes it; it is found by its name.
 */
public final class RefusedRecords extends DefaultProductionExceptionHandler {
    /** The key under which the {@code Consumer<String>} of the topic's name is given to it. */
    static final String LISTENER = "smsieve.refused.records.listener";

    private Optional<Consumer<String>> listener = Optional.empty();

    @Override
    @SuppressWarnings("unchecked")
    public void configure(Map<String, ?> configs) {
        super.configure(configs);
        listener = Optional.ofNullable((Consumer<String>) configs.get(LISTENER));
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        Response response = super.handleError(context, record, exception);
        if (response.result() == Result.FAIL) {
            listener.ifPresent(told -> told.accept(record.topic()));
        }
        return response;
    }
}
