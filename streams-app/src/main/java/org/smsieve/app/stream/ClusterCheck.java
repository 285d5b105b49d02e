package org.smsieve.app.stream;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.smsieve.app.config.Topics;
import org.smsieve.command.UserException;

/** Finds out before the start what would otherwise fail after it: brokers out of reach, topics missing. */
final class ClusterCheck {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Map<String, Object> adminProperties;
    private final Duration limit;

    /**
     * A check.
     *
     * @param adminProperties how to reach the cluster
     * @param limit how long each answer may take
     */
    ClusterCheck(Map<String, Object> adminProperties, Duration limit) {
        this.adminProperties = adminProperties;
        this.limit = limit;
    }

    /**
     * Makes sure that the brokers answer and all topics are there.
     *
     * @param names all topics the app needs
     * @param topics whether and how to create the missing ones
     * @throws UserException if not
     */
    void run(Collection<String> names, Topics topics) {
        Admin admin = Admin.create(adminProperties);
        try {
            await(admin.describeCluster().clusterId());
            Set<String> missing = missing(admin, names);
            if (missing.isEmpty()) {
                return;
            }
            if (!topics.create()) {
                throw new UserException("topics not found: " + String.join(", ", missing)
                        + " (create them, or set topics.create=true)");
            }
            create(admin, missing, topics);
            // The controller has them; Streams asks a broker, which learns of them a little later.
            long deadline = System.nanoTime() + limit.toNanos();
            while (!missing(admin, names).isEmpty() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } finally {
            // Without a limit it would wait for brokers that do not answer.
            admin.close(Duration.ZERO);
        }
    }

    private Set<String> missing(Admin admin, Collection<String> names) {
        Set<String> missing = new TreeSet<>();
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.describeTopics(names).topicNameValues();
        descriptions.forEach((name, description) -> {
            try {
                await(description);
            } catch (UnknownTopicOrPartitionException e) {
                missing.add(name);
            }
        });
        return missing;
    }

    private void create(Admin admin, Set<String> missing, Topics topics) {
        Optional<Short> replicas = Optional.of(topics.replicationFactor()).filter(factor -> factor > 0);
        List<NewTopic> created = missing.stream()
                .map(name -> new NewTopic(name, Optional.of(topics.partitions()), replicas))
                .toList();
        admin.createTopics(created).values().forEach((name, creation) -> {
            try {
                await(creation);
            } catch (TopicExistsException e) {
                // Another process of the app was faster.
            } catch (KafkaException e) {
                throw new UserException("topic " + name + ": cannot be created (" + e.getMessage() + ")", e);
            }
        });
    }

    /** What the brokers answer; their errors as they are, no answer in time as the user's error. */
    private <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause
                    && !(cause instanceof org.apache.kafka.common.errors.TimeoutException)
                    && !(cause instanceof AuthenticationException)) {
                throw cause;
            }
            throw unreachable(e.getCause());
        } catch (TimeoutException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private UserException unreachable(Throwable cause) {
        Object servers = adminProperties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
        String why = cause.getMessage() == null ? "no answer" : cause.getMessage();
        String line = ConnectionFailure.of(cause, adminProperties)
                .orElseGet(() -> "kafka.bootstrap.servers: " + servers + " (expected: brokers that answer within "
                        + limit.toMillis() + " ms; " + why + ConnectionFailure.hint(adminProperties) + ")");
        return new UserException(line, cause);
    }
}
