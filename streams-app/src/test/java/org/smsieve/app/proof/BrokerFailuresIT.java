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
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.BrokerProcess;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.proof.Load.Outcome;

/**
 * The broker goes away, comes back, refuses records and runs out of disk under load: the app goes on by itself when it
 * can, or stops and says why; in the end each message is there once.
 */
@Tag("proof")
@Timeout(7200)
class BrokerFailuresIT {
    private static final int RESTARTS = Scale.of(2, 40);
    /** In the soak longer than the producer's {@code delivery.timeout.ms}, two minutes by default. */
    private static final Duration AWAY = Duration.ofSeconds(Scale.of(20, 150));

    private static final Duration REFUSED = Duration.ofSeconds(Scale.of(10, 150));
    private static final int PER_SECOND = 500;

    @TempDir
    private static Path brokerDirectory;

    private static BrokerProcess broker;
    private static Cluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        broker = new BrokerProcess(brokerDirectory, Files.createDirectory(brokerDirectory.resolve("data")), Map.of());
        cluster = new Cluster(broker);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private interface Failures {
        void happen(Random random) throws Exception;
    }

    /** What becomes of a load on one app, with its default settings, that survives some failures. */
    private Outcome survive(Cluster cluster, String test, Failures failures) throws Exception {
        cluster.createTopics(test);
        try (Load load = new Load(cluster, test, PER_SECOND);
                Instance app = new Instance(cluster, test, directory, Map.of())) {
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
        Outcome outcome = survive(cluster, "restarted", random -> {
            for (int restart = 0; restart < RESTARTS; restart++) {
                Thread.sleep(random.nextInt(3_000));
                if (restart % 2 == 0) {
                    broker.kill();
                } else {
                    broker.stop();
                }
                broker.start();
            }
        });
        System.out.printf(
                "proof: %d restarts of the broker, every other by SIGKILL, seed %d: %s%n",
                RESTARTS, Seed.VALUE, outcome.figures());
        outcome.verifyExactlyOnce();
    }

    @Disabled(
            "Fails now and then, cause not found: with seed 284569 one of 900 messages came out twice, both committed")
    @Test
    void away() throws Exception {
        Outcome outcome = survive(cluster, "away", random -> {
            Thread.sleep(random.nextInt(3_000));
            broker.kill();
            Thread.sleep(AWAY.toMillis());
            broker.start();
        });
        System.out.printf(
                "proof: the broker %d s away, seed %d: %s%n", AWAY.toSeconds(), Seed.VALUE, outcome.figures());
        outcome.verifyExactlyOnce();
    }

    @Test
    void fullDisk() throws Exception {
        Path data = Files.createDirectory(directory.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", data.toString()), "needs to mount a tmpfs");
        try (BrokerProcess small = new BrokerProcess(directory, Files.createDirectory(data.resolve("log")), Map.of());
                Cluster smallCluster = new Cluster(small)) {
            Outcome outcome = survive(smallCluster, "full", random -> {
                Thread.sleep(random.nextInt(3_000));
                Path ballast = data.resolve("ballast");
                fill(ballast);
                // It stops when it cannot write its log; it may also be left running, and useless.
                Duration limit = Duration.ofSeconds(20);
                for (long start = System.nanoTime(); small.isAlive() && System.nanoTime() - start < limit.toNanos(); ) {
                    Thread.sleep(100);
                }
                small.kill();
                Files.delete(ballast);
                small.start();
            });
            System.out.printf("proof: the broker's disk full, seed %d: %s%n", Seed.VALUE, outcome.figures());
            outcome.verifyExactlyOnce();
        } finally {
            run("umount", "--lazy", data.toString());
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
        Map<String, String> replicated = Map.of(
                "default.replication.factor", "2",
                "offsets.topic.replication.factor", "2",
                "transaction.state.log.replication.factor", "2");
        try (BrokerProcess first =
                        new BrokerProcess(directory, Files.createDirectory(directory.resolve("first")), replicated);
                BrokerProcess second =
                        new BrokerProcess(first, Files.createDirectory(directory.resolve("second")), replicated);
                Cluster both = new Cluster(first)) {
            Outcome outcome = survive(both, test, random -> {
                both.configure(outputs(test), "min.insync.replicas", "2");
                Thread.sleep(random.nextInt(2_000));
                second.stop();
                Thread.sleep(REFUSED.toMillis());
                second.start();
            });
            System.out.printf(
                    "proof: too few replicas for the outputs for %d s, seed %d: %s%n",
                    REFUSED.toSeconds(), Seed.VALUE, outcome.figures());
            outcome.verifyExactlyOnce();
        }
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
