package org.smsieve.app.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.smsieve.app.fixture.AppProcess.awaitPage;
import static org.smsieve.app.fixture.Cluster.outputs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.AppProcess;
import org.smsieve.app.fixture.Cluster;

@Timeout(180)
class TwoProcessesIT {
    private static final String LABELLED = "smsieve_records_total\\{label=\"ham\"} [1-9].*";

    @Test
    void shareTheWorkAndLoseNothingWhenOneJoinsAndLeaves(@TempDir Path directory) throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.createTopics("two");
            Path config = directory.resolve("smsieve.properties");
            Files.writeString(
                    config,
                    cluster.settings("two").entrySet().stream()
                            .map(setting -> setting.getKey() + "=" + setting.getValue())
                            .collect(Collectors.joining("\n")));
            ExactlyOnce records = new ExactlyOnce("two");
            int firstPort = AppProcess.freePort();
            int secondPort = AppProcess.freePort();
            try (AppProcess first = stream(directory, config, firstPort)) {
                awaitPage(firstPort, "/health/ready", "ok");
                cluster.send(records.next(8_000));
                try (AppProcess second = stream(directory, config, secondPort)) {
                    awaitPage(secondPort, "/health/ready", "ok");
                    cluster.send(records.next(4_000));
                    awaitPage(secondPort, "/metrics", LABELLED);
                    awaitPage(firstPort, "/metrics", LABELLED);
                    cluster.send(records.next(4_000));

                    second.terminate();

                    cluster.send(records.next(4_000));
                    assertThat(second.exitCode()).as(second.err()).isZero();
                }
                cluster.awaitRecords(outputs("two"), 20_000);

                first.terminate();

                assertThat(first.exitCode()).as(first.err()).isZero();
            }
            records.verify(cluster.read(outputs("two")));
        }
    }

    private static AppProcess stream(Path directory, Path config, int httpPort) throws Exception {
        return new AppProcess(directory, "stream", "--config", config.toString(), "--set", "http.port=" + httpPort);
    }
}
