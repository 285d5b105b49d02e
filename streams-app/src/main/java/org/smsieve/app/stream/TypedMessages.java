package org.smsieve.app.stream;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.http.RoundTrip;
import org.smsieve.app.topology.OutboundHeaders;
import org.smsieve.message.InputFormat;

/**
 * Sends typed messages to the input topic and reads what is committed to the output topics, like any other client. Each
 * has a header of its own to be told by. The outputs are read only while somebody waits: a page that nobody types into
 * costs nothing. Thread-safe.
 */
final class TypedMessages implements RoundTrip, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TypedMessages.class);

    /** The header that tells a typed message. */
    private static final String ID = "smsieve.typed";

    /** How many may wait for their verdict. */
    private static final int PLACES = 16;

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    private final InputFormat format;
    private final String input;
    private final String deadLetterTopic;
    private final List<String> outputs;
    private final Map<String, CompletableFuture<Outcome>> waiting = new HashMap<>();
    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;
    private final Duration limit;
    private final Thread thread = new Thread(this::run, "smsieve-typed");
    private boolean reading;
    private boolean closed;

    TypedMessages(AppConfig config, List<String> labels, StreamsConfig streams) {
        this(config, labels, producer(streams), consumer(streams), LIMIT);
    }

    /**
     * With clients that are closed with it.
     *
     * @param limit how long a message may take
     */
    TypedMessages(
            AppConfig config,
            List<String> labels,
            Producer<byte[], byte[]> producer,
            Consumer<byte[], byte[]> consumer,
            Duration limit) {
        format = config.input().format();
        input = config.topics().input();
        deadLetterTopic = config.topics().deadLetter();
        outputs = config.topics().all(labels).stream()
                .filter(topic -> !topic.equals(input))
                .toList();
        this.producer = producer;
        this.consumer = consumer;
        this.limit = limit;
        thread.setDaemon(true);
        thread.start();
    }

    private static Producer<byte[], byte[]> producer(StreamsConfig streams) {
        Map<String, Object> sending = new HashMap<>(streams.getProducerConfigs("smsieve-typed"));
        sending.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        sending.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, LIMIT.toMillis());
        // Nothing is sent that nobody waits for any more.
        sending.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) LIMIT.toMillis());
        sending.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) LIMIT.toMillis());
        sending.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        return new KafkaProducer<>(sending, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Consumer<byte[], byte[]> consumer(StreamsConfig streams) {
        Map<String, Object> receiving = new HashMap<>(streams.getGlobalConsumerConfigs("smsieve-typed"));
        receiving.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        receiving.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        receiving.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        receiving.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) LIMIT.toMillis());
        return new KafkaConsumer<>(receiving, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Outcome send(String text) throws InterruptedException {
        String id = UUID.randomUUID().toString();
        long deadline = System.nanoTime() + limit.toNanos();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        AtomicBoolean acknowledged = new AtomicBoolean();
        synchronized (this) {
            if (closed) {
                return new Failed("The app ends.");
            }
            if (waiting.size() >= PLACES) {
                return new Busy();
            }
            waiting.put(id, outcome);
            notifyAll();
        }
        try {
            if (!awaitReading(outcome, deadline)) {
                return outcome.getNow(
                        new Failed("The output topics cannot be read: the brokers do not answer. Nothing was sent."));
            }
            long sent = System.nanoTime();
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(input, value(text));
            record.headers().add(ID, id.getBytes(StandardCharsets.UTF_8));
            Future<RecordMetadata> unused = producer.send(record, (metadata, error) -> {
                if (error == null) {
                    acknowledged.set(true);
                } else {
                    outcome.complete(new Failed("The input topic does not take it: " + error.getMessage()));
                }
            });
            Outcome read = outcome.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            return timed(read, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sent));
        } catch (TimeoutException e) {
            return new Failed("No verdict within " + limit.toSeconds() + " seconds. "
                    + (acknowledged.get()
                            ? "The message is in the input topic: the app is behind, or does not run."
                            : "No broker has said that it has the message; it may have it all the same."));
        } catch (ExecutionException | KafkaException e) {
            return new Failed("The message cannot be sent: " + e.getMessage());
        } finally {
            synchronized (this) {
                waiting.remove(id);
            }
        }
    }

    private synchronized boolean awaitReading(CompletableFuture<Outcome> outcome, long deadline)
            throws InterruptedException {
        while (!reading && !outcome.isDone()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return reading;
    }

    private byte[] value(String text) {
        if (format instanceof InputFormat.Json json) {
            return object(json.pointer(), text).toString().getBytes(StandardCharsets.UTF_8);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** An object that has a text where the app looks for it. */
    private static ObjectNode object(JsonPointer pointer, String text) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        JsonPointer rest = pointer.tail();
        node.set(pointer.getMatchingProperty(), rest.matches() ? TextNode.valueOf(text) : object(rest, text));
        return node;
    }

    private static Outcome timed(Outcome outcome, long millis) {
        if (outcome instanceof Labelled labelled) {
            return new Labelled(labelled.label(), labelled.score(), labelled.model(), millis);
        }
        return outcome instanceof DeadLettered dead ? new DeadLettered(dead.reason(), millis) : outcome;
    }

    private void run() {
        try (consumer) {
            while (awaitWaiting()) {
                try {
                    read();
                } catch (WakeupException e) {
                    return;
                } catch (RuntimeException e) {
                    // Whatever it is: the next who waits has it begin anew.
                    LOG.warn("the outputs cannot be read for typed messages: {}", e.toString());
                    fail("The output topics cannot be read: " + e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads from here on, as long as somebody waits. */
    private void read() {
        List<TopicPartition> partitions = outputs.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Only asking for the position finds the end: what is sent from now on comes after it.
        partitions.forEach(consumer::position);
        setReading();
        while (isWaitedFor()) {
            consumer.poll(POLL).forEach(this::received);
        }
    }

    private void received(ConsumerRecord<byte[], byte[]> record) {
        CompletableFuture<Outcome> outcome;
        synchronized (this) {
            outcome = waiting.get(header(record, ID));
        }
        if (outcome == null) {
            return;
        }
        if (record.topic().equals(deadLetterTopic)) {
            outcome.complete(new DeadLettered(header(record, OutboundHeaders.ERROR_MESSAGE), 0));
        } else {
            outcome.complete(new Labelled(
                    header(record, OutboundHeaders.LABEL),
                    header(record, OutboundHeaders.SCORE),
                    header(record, OutboundHeaders.MODEL),
                    0));
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** False at the end. */
    private synchronized boolean awaitWaiting() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        return !closed;
    }

    private synchronized void setReading() {
        reading = true;
        notifyAll();
    }

    private synchronized boolean isWaitedFor() {
        reading = !waiting.isEmpty() && !closed;
        return reading;
    }

    private synchronized void fail(String why) {
        reading = false;
        waiting.values().forEach(outcome -> outcome.complete(new Failed(why)));
        waiting.clear();
        notifyAll();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            fail("The app ends.");
        }
        consumer.wakeup();
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ZERO);
    }
}
