package org.smsieve.app.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;
import org.smsieve.app.fixture.AppProcess;
import org.smsieve.app.fixture.Cluster;

/** One of the app's processes that a test starts and kills, on the fake classifier. */
final class Instance implements AutoCloseable {
    /** So that what a process left open is given up after seconds. */
    static final Map<String, String> QUICK_TIMEOUTS = Map.of(
            "kafka.consumer.session.timeout.ms", "5000",
            "kafka.consumer.heartbeat.interval.ms", "1000",
            "kafka.producer.transaction.timeout.ms", "5000");

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Pattern PORT = Pattern.compile("metrics and health on 127\\.0\\.0\\.1:(\\d+)");

    private static final Duration COMMIT_LIMIT = Duration.ofMinutes(3);

    private final Cluster cluster;
    private final String test;
    private final AppProcess process;

    /** Starts one on the topics of a test, with settings of its own. */
    Instance(Cluster cluster, String test, Path directory, Map<String, String> changes) throws IOException {
        this.cluster = cluster;
        this.test = test;
        Map<String, String> settings = cluster.settings(test);
        settings.putAll(changes);
        List<String> arguments = new ArrayList<>(List.of("stream"));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        process = new AppProcess(directory, arguments.toArray(String[]::new));
    }

    /** Waits until it processes records. */
    void awaitReady() {
        await().atMost(START_LIMIT)
                .failFast("ended: " + process.err(), () -> !process.isAlive())
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    // The port that it was given; one chosen for it could be in use by then.
                    Matcher port = PORT.matcher(process.err());
                    return port.find()
                            && AppProcess.get(Integer.parseInt(port.group(1)), "/health/ready")
                                    .startsWith("ok");
                });
    }

    /** Waits until it, or another one, has committed all that was sent, and has not ended. */
    void awaitAllCommitted() {
        try {
            await().atMost(COMMIT_LIMIT)
                    .pollInterval(Duration.ofMillis(200))
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> !process.isAlive() || cluster.isAllCommitted(test));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not all committed: " + cluster.situation(test) + "; " + process.err(), e);
        }
        assertThat(process.isAlive()).as(process.err()).isTrue();
    }

    /** Sends SIGTERM; it ends well, within its time limit. */
    void stop() throws InterruptedException {
        process.terminate();
        assertThat(process.exitCode()).as(process.err()).isZero();
    }

    /** Ends it by SIGKILL. */
    void kill() {
        process.kill();
    }

    AppProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
