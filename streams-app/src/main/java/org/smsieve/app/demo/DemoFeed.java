package org.smsieve.app.demo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.smsieve.command.UserException;

/** Sends the demo's messages, as fast as the broker takes them. */
final class DemoFeed {
    /** The header that tells the demo's own messages from those of other clients: the number of the line, from 0. */
    static final String LINE = "demo.line";

    private DemoFeed() {}

    /** A thread that does not keep the demo alive. */
    static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "smsieve-demo-feed");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Sends all messages and waits until the broker has them.
     *
     * @throws UserException if it does not take one
     */
    static void send(String bootstrapServers, String topic, List<byte[]> messages, DemoFigures figures) {
        Map<String, Object> properties = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                // Bursts into a topic created a moment ago can otherwise come out of sequence.
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1);
        ByteArraySerializer bytes = new ByteArraySerializer();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, bytes, bytes)) {
            for (int line = 0; line < messages.size(); line++) {
                byte[] number = Integer.toString(line).getBytes(StandardCharsets.UTF_8);
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, number, messages.get(line));
                record.headers().add(LINE, number);
                figures.sent(line);
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> answer : sent) {
                answer.get();
            }
        } catch (ExecutionException e) {
            throw new UserException("a message cannot be sent: " + e.getCause().getMessage(), e);
        } catch (InterruptedException | InterruptException e) {
            throw new UserException("interrupted", e);
        }
    }
}
