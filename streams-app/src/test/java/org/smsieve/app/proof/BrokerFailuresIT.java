package org.smsieve.app.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.smsieve.app.fixture.Cluster.outputs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.BrokerProcess;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.proof.Load.Outcome;

/**
 * Brokers go away, come back, refuse records and run out of disk under load: the app goes on by itself, or stops and
 * says why; in the end each message is there once.
 *
 * <p>That is so as long as each partition has a leader, which is why there are two brokers here and one of them fails.
 * Kafka 4.3.1 takes a partition without a leader for a deleted one and skips it when it ends a transaction: what is
 * aborted may then come back with the producer's next transaction ({@code TransactionMarkerChannelManager}, "these
 * partitions are likely deleted already"), and offsets may stay undecided until then. So where the only broker is
 * killed, {@link #killed} has no transactions.
 */
@Tag("proof")
@Timeout(7200)
class BrokerFailuresIT {
    private static final int RESTARTS = Scale.of(2, 40);
    private static final Duration AWAY = Duration.ofSeconds(Scale.of(10, 60));
    private static final Duration REFUSED = Duration.ofSeconds(Scale.of(5, 60));
    private static final int PER_SECOND = 500;
    private static final String EXACTLY_ONCE = "exactly_once_v2";

    /** A broker that is gone is missed after seconds. */
    private static final Map<String, String> TWO_REPLICAS = Map.of(
            "default.replication.factor", "2",
            "offsets.topic.replication.factor", "2",
            "transaction.state.log.replication.factor", "2",
            "broker.session.timeout.ms", "3000",
            "broker.heartbeat.interval.ms", "500");

    @TempDir
    private static Path brokers;

    private static BrokerProcess first;
    private static BrokerProcess second;
    private static Cluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        first = new BrokerProcess(brokers, Files.createDirectory(brokers.resolve("1")), TWO_REPLICAS);
        second = new BrokerProcess(first, 2, Files.createDirectory(brokers.resolve("2")), TWO_REPLICAS);
        cluster = new Cluster(first);
    }

    @AfterAll
    static void stop() {
        second.close();
        cluster.close();
    }

    private interface Failures {
        void happen(Random random) throws Exception;
    }

    /** What becomes of a load on an app that survives some failures. */
    private Outcome survive(Cluster cluster, String test, String guarantee, Failures failures) throws Exception {
        cluster.createTopics(test);
        // All that concerns brokers is as it is by default.
        Map<String, String> settings =
                Map.of("kafka.consumer.session.timeout.ms", "6000", "processing.guarantee", guarantee);
        try (Load load = new Load(cluster, test, PER_SECOND);
                Instance app = new Instance(cluster, test, directory, settings)) {
            app.awaitReady();
            failures.happen(Seed.random(test));
            load.stop();
            app.awaitAllCommitted();
            app.stop();
            return load.outcome();
        }
    }

    @Test
    void restarted() throws Exception {
        Outcome outcome = survive(cluster, "restarted", EXACTLY_ONCE, random -> {
            for (int restart = 0; restart < RESTARTS; restart++) {
                Thread.sleep(random.nextInt(3_000));
                if (restart % 2 == 0) {
                    second.kill();
                } else {
                    second.stop();
                }
                second.start();
            }
        });
        System.out.printf(
                "proof: %d restarts of one of two brokers, every other by SIGKILL, seed %d: %s%n",
                RESTARTS, Seed.VALUE, outcome.figures());
        outcome.verifyExactlyOnce();
    }

    @Test
    void away() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        // It stays the leader of its partitions.
        Map<String, String> patient = Map.of("broker.session.timeout.ms", "600000");
        try (BrokerProcess broker = new BrokerProcess(directory, data, patient);
                Cluster single = new Cluster(broker)) {
            Outcome outcome = survive(single, "away", EXACTLY_ONCE, random -> {
                Thread.sleep(random.nextInt(3_000));
                broker.pause();
                Thread.sleep(AWAY.toMillis());
                broker.resume();
            });
            System.out.printf(
                    "proof: the only broker %d s away, seed %d: %s%n", AWAY.toSeconds(), Seed.VALUE, outcome.figures());
            outcome.verifyExactlyOnce();
        }
    }

    /**
     * In the soak alone, to save time: {@link #restarted} kills a broker too, and {@link #away} has the only one away.
     */
    @Test
    void killed() throws Exception {
        assumeTrue(Scale.SOAK, "part of the soak");
        Path data = Files.createDirectory(directory.resolve("data"));
        try (BrokerProcess broker = new BrokerProcess(directory, data, Map.of());
                Cluster single = new Cluster(broker)) {
            Outcome outcome = survive(single, "killed", "at_least_once", random -> {
                Thread.sleep(random.nextInt(3_000));
                broker.kill();
                Thread.sleep(AWAY.toMillis() / 2);
                broker.start();
            });
            System.out.printf(
                    "proof: the only broker killed, at least once, seed %d: %s%n", Seed.VALUE, outcome.figures());
            outcome.verifyAtLeastOnce();
        }
    }

    /** In the soak alone: it takes long, and {@link #tooFewReplicas} too has the brokers refuse records for a while. */
    @Test
    void fullDisk() throws Exception {
        assumeTrue(Scale.SOAK, "part of the soak");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", disk.toString()), "needs to mount a tmpfs");
        Path data = Files.createDirectory(disk.resolve("data"));
        try (BrokerProcess third = new BrokerProcess(first, 3, data, TWO_REPLICAS)) {
            Outcome outcome = survive(cluster, "full", EXACTLY_ONCE, random -> {
                Thread.sleep(random.nextInt(3_000));
                Path ballast = disk.resolve("ballast");
                fill(ballast);
                // It stops when it cannot write its log; it may also be left running, and useless.
                Duration limit = Duration.ofSeconds(20);
                for (long start = System.nanoTime(); third.isAlive() && System.nanoTime() - start < limit.toNanos(); ) {
                    Thread.sleep(100);
                }
                third.kill();
                Files.delete(ballast);
                third.start();
            });
            System.out.printf("proof: the disk of a broker full, seed %d: %s%n", Seed.VALUE, outcome.figures());
            outcome.verifyExactlyOnce();
        } finally {
            run("umount", "--lazy", disk.toString());
        }
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    private static void fill(Path file) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (; ; ) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void tooFewReplicas() throws Exception {
        String test = "replicas";
        Outcome outcome = survive(cluster, test, EXACTLY_ONCE, random -> {
            cluster.configure(outputs(test), "min.insync.replicas", "2");
            Thread.sleep(random.nextInt(2_000));
            second.stop();
            Thread.sleep(REFUSED.toMillis());
            second.start();
        });
        System.out.printf(
                "proof: too few replicas of the outputs for %d s, seed %d: %s%n",
                REFUSED.toSeconds(), Seed.VALUE, outcome.figures());
        outcome.verifyExactlyOnce();
    }

    @Test
    void recordsRefusedForGood() throws Exception {
        String test = "too-large";
        Random random = Seed.random(test);
        cluster.createTopics(test);
        try (Load load = new Load(cluster, test, PER_SECOND)) {
            try (Instance app = new Instance(cluster, test, directory, Map.of())) {
                app.awaitReady();
                Thread.sleep(random.nextInt(2_000));
                cluster.configure(outputs(test), "max.message.bytes", "100");

                assertThat(app.process().exitCode()).isEqualTo(1);
                assertThat(app.process().err().lines().filter(line -> line.startsWith("smsieve: ")))
                        .singleElement()
                        .asString()
                        .contains("to topic " + test + "-")
                        .contains("RecordTooLargeException");
            }
            cluster.configure(outputs(test), "max.message.bytes", null);
            try (Instance app = new Instance(cluster, test, directory, Map.of())) {
                app.awaitReady();
                load.stop();
                app.awaitAllCommitted();
                app.stop();
            }
            Outcome outcome = load.outcome();
            System.out.printf(
                    "proof: outputs refused as too large, then a restart, seed %d: %s%n",
                    Seed.VALUE, outcome.figures());
            outcome.verifyExactlyOnce();
        }
    }
}
