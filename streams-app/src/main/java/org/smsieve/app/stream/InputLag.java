package org.smsieve.app.stream;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.http.Daemons;

/**
 * How many records wait in this process's partitions: those behind the committed offsets, asked of the brokers every
 * few seconds. What a consumer says of it ends at the first open transaction, and is silent when no broker answers. Its
 * methods may be called by any thread.
 */
final class InputLag implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InputLag.class);
    private static final Duration PERIOD = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Admin admin;
    private final String group;
    private final Supplier<Collection<TopicPartition>> partitions;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("smsieve-lag"));
    private volatile long records;
    private volatile long answeredAt = System.nanoTime();

    /**
     * Begins to ask.
     *
     * @param admin settings of an admin client
     * @param group whose offsets count
     * @param partitions those of this process, now
     */
    InputLag(Map<String, Object> admin, String group, Supplier<Collection<TopicPartition>> partitions) {
        this.admin = Admin.create(admin);
        this.group = group;
        this.partitions = partitions;
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(this::ask, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void ask() {
        try {
            records = count(partitions.get());
            answeredAt = System.nanoTime();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.debug("the lag is not known: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long count(Collection<TopicPartition> own)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, ListOffsetsResultInfo> begin = offsets(own, OffsetSpec.earliest());
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        Map<TopicPartition, ListOffsetsResultInfo> end = offsets(own, OffsetSpec.latest());
        long count = 0;
        for (TopicPartition partition : own) {
            OffsetAndMetadata done = committed.get(partition);
            long first = begin.get(partition).offset();
            count += Math.max(0, end.get(partition).offset() - (done == null ? first : Math.max(first, done.offset())));
        }
        return count;
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(Collection<TopicPartition> own, OffsetSpec which)
            throws ExecutionException, TimeoutException, InterruptedException {
        return admin.listOffsets(own.stream().collect(Collectors.toMap(Function.identity(), partition -> which)))
                .all()
                .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The count of the last answer; 0 before the first. */
    long records() {
        return records;
    }

    /** Time since the brokers last answered, or since the start. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - answeredAt);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        admin.close(Duration.ZERO);
    }
}
