package org.smsieve.app.swap;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.metrics.ModelMetrics;
import org.smsieve.registry.AnnouncementException;
import org.smsieve.registry.Announcements;
import org.smsieve.registry.ModelTopics;
import org.smsieve.registry.TopicLog;

/**
 * Follows the models' topic from its beginning, without a consumer group, and tells the swapper what it comes to. Where
 * there is no such topic, it waits for one. Its methods are for one thread; the following goes on on another.
 */
public final class ModelFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration READ_LIMIT = Duration.ofSeconds(15);
    private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ModelTopics topics;
    private final ModelSwapper swapper;
    private final ModelMetrics metrics;
    private final Reporter reporter;
    private final Thread thread = new Thread(this::run, "smsieve-models");
    private Announcements announcements = new Announcements();
    private volatile Optional<TopicLog> log = Optional.empty();
    private long opened = System.nanoTime();
    /** Announcements so far. */
    private int applied;

    private String lastTrouble = "";
    private volatile boolean closed;

    /** A follower that has not begun. */
    public ModelFollower(ModelTopics topics, ModelSwapper swapper, ModelMetrics metrics, Reporter reporter) {
        this.topics = topics;
        this.swapper = swapper;
        this.metrics = metrics;
        this.reporter = reporter;
        thread.setDaemon(true);
    }

    /**
     * Reads what is announced already and waits until it is served or refused; then goes on to follow.
     *
     * @param readLimit how long to read at most
     * @param serveLimit how long to wait then; what takes longer is served when it is there
     */
    public void start(Duration readLimit, Duration serveLimit) throws InterruptedException {
        try {
            open(readLimit);
        } catch (KafkaException e) {
            trouble(e);
        }
        CompletableFuture<Void> served = swapper.want(wanted());
        try {
            served.get(serveLimit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("the announced model is not loaded within {}; it is served as soon as it is", serveLimit);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    follow();
                } catch (KafkaException e) {
                    trouble(e);
                }
                reporter.report();
            }
        } finally {
            release();
            reporter.close();
        }
    }

    private void follow() {
        int before = applied;
        if (log.isPresent()) {
            log.get().poll(POLL).forEach(this::apply);
        } else if (System.nanoTime() - opened > REOPEN_NANOS) {
            open(READ_LIMIT);
        } else {
            pause();
        }
        if (applied != before) {
            CompletableFuture<Void> unused = swapper.want(wanted());
        }
    }

    /** Opens the topic, if it is there, and reads all of it: what came before the last announcement is over. */
    private void open(Duration limit) {
        opened = System.nanoTime();
        announcements = new Announcements();
        log = TopicLog.open(topics.consumer(), topics.models());
        if (log.isPresent() && !log.get().readToEnd(this::apply, limit)) {
            LOG.warn("topic {}: not read to its end within {}", topics.models(), limit);
        }
    }

    private void pause() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        try {
            announcements.apply(record);
            applied++;
        } catch (AnnouncementException e) {
            metrics.announcementSkipped();
            LOG.warn("{}-{} at {}: skipped: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
        }
    }

    private Wanted wanted() {
        return new Wanted(announcements.served(), announcements.shadow());
    }

    /** Told once, not each time it is tried again. */
    private void trouble(KafkaException e) {
        if (e instanceof WakeupException || e instanceof InterruptException) {
            return;
        }
        if (!lastTrouble.equals(e.toString())) {
            LOG.warn("topic {}: cannot be followed, trying again: {}", topics.models(), e.toString());
            lastTrouble = e.toString();
        }
        release();
    }

    private void release() {
        log.ifPresent(TopicLog::close);
        log = Optional.empty();
    }

    /** Stops following; the model stays. */
    @Override
    public void close() {
        closed = true;
        log.ifPresent(TopicLog::wakeUp);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
