package org.smsieve.app.proof;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.proof.Load.Outcome;

/** Instances join and leave throughout a load, by SIGTERM and by SIGKILL: each message is there once. */
@Tag("proof")
@Timeout(7200)
class RebalancesIT {
    private static final int ROUNDS = Scale.of(2, 60);
    private static final int AT_FIRST = 2;
    private static final int PER_SECOND = 500;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void joinAndLeave(String protocol) throws Exception {
        String test = "rebalanced-" + protocol;
        Random random = Seed.random(test);
        Map<String, String> settings = new HashMap<>(Instance.QUICK_TIMEOUTS);
        settings.put("kafka.group.protocol", protocol);
        List<Instance> running = new ArrayList<>();
        try (Cluster cluster = new Cluster()) {
            cluster.createTopics(test);
            try (Load load = new Load(cluster, test, PER_SECOND)) {
                for (int number = 0; number < AT_FIRST; number++) {
                    running.add(new Instance(cluster, test, directory, settings));
                }
                for (int round = 0; round < ROUNDS; round++) {
                    running.add(new Instance(cluster, test, directory, settings));
                    Thread.sleep(random.nextInt(5_000));
                    Instance leaving = running.remove(random.nextInt(running.size()));
                    if (round % 2 == 0) {
                        leaving.awaitReady();
                        leaving.stop();
                    } else {
                        leaving.kill();
                    }
                }
                for (Instance app : running) {
                    app.awaitReady();
                }
                load.stop();
                running.get(0).awaitAllCommitted();
                for (Instance app : running) {
                    app.stop();
                }
                Outcome outcome = load.outcome();
                System.out.printf(
                        "proof: %d joined and %d left, every other by SIGKILL, protocol %s, seed %d: %s%n",
                        AT_FIRST + ROUNDS, ROUNDS, protocol, Seed.VALUE, outcome.figures());
                outcome.verifyExactlyOnce();
            }
        } finally {
            running.forEach(Instance::close);
        }
    }
}
