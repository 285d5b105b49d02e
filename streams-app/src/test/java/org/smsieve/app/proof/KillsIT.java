package org.smsieve.app.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.smsieve.app.fixture.Cluster.outputs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.proof.Load.Outcome;

/** The app is killed, ended and held up under load: nothing is lost, and nothing doubled where that is promised. */
@Tag("proof")
@Timeout(7200)
class KillsIT {
    private static final int KILLS = Scale.of(2, 100);
    private static final int STOPS = Scale.of(2, 50);
    /** What is logged by one that finds itself out of its group. */
    private static final String JOINS = "RUNNING -> REBALANCING";

    /** What Kafka Streams logs when that was in the middle of a transaction, which cannot be committed any more. */
    private static final String FENCED = "is being fenced";

    private static final int ZOMBIES = Scale.of(1, 20);
    private static final int PER_SECOND = 500;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static Cluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        cluster = new Cluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private Instance instance(String test, Map<String, String> changes) throws Exception {
        Map<String, String> settings = new HashMap<>(Instance.QUICK_TIMEOUTS);
        settings.putAll(changes);
        return new Instance(cluster, test, directory, settings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exactly_once_v2", "at_least_once"})
    void killed(String guarantee) throws Exception {
        String test = "killed-" + guarantee;
        Random random = Seed.random(test);
        Map<String, String> settings = Map.of("processing.guarantee", guarantee);
        cluster.createTopics(test);
        try (Load load = new Load(cluster, test, PER_SECOND)) {
            for (int kill = 0; kill < KILLS; kill++) {
                try (Instance app = instance(test, settings)) {
                    // Now and then in the middle of its start.
                    if (random.nextInt(4) > 0) {
                        app.awaitReady();
                    }
                    Thread.sleep(random.nextInt(2_000));
                    app.kill();
                }
            }
            try (Instance app = instance(test, settings)) {
                app.awaitReady();
                load.stop();
                app.awaitAllCommitted();
                app.stop();
            }
            Outcome outcome = load.outcome();
            System.out.printf(
                    "proof: %d kills under %s, seed %d: %s%n", KILLS, guarantee, Seed.VALUE, outcome.figures());
            if (guarantee.equals("at_least_once")) {
                outcome.verifyAtLeastOnce();
            } else {
                outcome.verifyExactlyOnce();
            }
        }
    }

    @Test
    void endedBySigterm() throws Exception {
        String test = "ended";
        Random random = Seed.random(test);
        cluster.createTopics(test);
        long longestMillis = 0;
        try (Load load = new Load(cluster, test, PER_SECOND)) {
            for (int stop = 0; stop < STOPS; stop++) {
                try (Instance app = instance(test, Map.of())) {
                    app.awaitReady();
                    Thread.sleep(random.nextInt(2_000));
                    long start = System.nanoTime();
                    app.stop();
                    longestMillis = Math.max(
                            longestMillis,
                            Duration.ofNanos(System.nanoTime() - start).toMillis());
                }
                // With no app to make up for it: what is read is written.
                assertThat(cluster.read(outputs(test))).hasSize((int) committed(test));
            }
            try (Instance app = instance(test, Map.of())) {
                app.awaitReady();
                load.stop();
                app.awaitAllCommitted();
                app.stop();
            }
            Outcome outcome = load.outcome();
            System.out.printf(
                    "proof: %d stops by SIGTERM, seed %d: %s; the longest took %d ms%n",
                    STOPS, Seed.VALUE, outcome.figures(), longestMillis);
            outcome.verifyExactlyOnce();
            assertThat(longestMillis).isLessThan(20_000);
        }
    }

    private static long committed(String test) throws Exception {
        return cluster.committed(test).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    @Test
    void heldUpWhileAnotherTookOver() throws Exception {
        String test = "zombie";
        Random random = Seed.random(test);
        cluster.createTopics(test);
        try (Load load = new Load(cluster, test, PER_SECOND);
                Instance first = instance(test, Map.of());
                Instance second = instance(test, Map.of())) {
            List<Instance> both = List.of(first, second);
            for (int round = 0; round < ZOMBIES; round++) {
                first.awaitReady();
                second.awaitReady();
                Thread.sleep(random.nextInt(2_000));
                Instance zombie = both.get(random.nextInt(2));
                int joinedBefore = told(zombie, JOINS);
                zombie.process().signal("STOP");
                awaitProgressOfAllPartitions(test);
                zombie.process().signal("CONT");
                await().atMost(LIMIT).until(() -> told(zombie, JOINS) > joinedBefore);
            }
            first.awaitReady();
            second.awaitReady();
            load.stop();
            first.awaitAllCommitted();
            first.stop();
            second.stop();
            Outcome outcome = load.outcome();
            System.out.printf(
                    "proof: %d times a process held up beyond its session, %d threads of them fenced, seed %d: %s%n",
                    ZOMBIES, told(first, FENCED) + told(second, FENCED), Seed.VALUE, outcome.figures());
            outcome.verifyExactlyOnce();
        }
    }

    private static int told(Instance app, String line) {
        return app.process().err().split(line, -1).length - 1;
    }

    private static void awaitProgressOfAllPartitions(String test) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> before = cluster.committed(test);
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).until(() -> {
            Map<TopicPartition, OffsetAndMetadata> now = cluster.committed(test);
            return now.size() == Cluster.PARTITIONS
                    && now.entrySet().stream()
                            .allMatch(entry -> !before.containsKey(entry.getKey())
                                    || entry.getValue().offset()
                                            > before.get(entry.getKey()).offset() + PER_SECOND);
        });
    }
}
