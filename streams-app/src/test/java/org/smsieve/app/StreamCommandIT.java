package org.smsieve.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.smsieve.app.fixture.Cluster.values;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.AppProcess;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;

@Timeout(120)
class StreamCommandIT {
    @TempDir
    private Path directory;

    @Test
    void exitsWith1AndOneLineWhenTheEngineIsBroken() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.createTopics("exit");
            cluster.send("exit", values("fine", FakeClassifier.BREAK, "never classified"));
            List<String> arguments = new ArrayList<>(List.of("stream"));
            cluster.settings("exit").forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
            try (AppProcess app = new AppProcess(directory, arguments.toArray(String[]::new))) {
                assertThat(app.exitCode()).isEqualTo(1);

                assertThat(app.err().lines().filter(line -> !line.contains(" INFO ")))
                        .containsExactly("smsieve: stopped, with the offsets of what is not labelled uncommitted:"
                                + " the classifier fails: java.lang.IllegalStateException: broken");
            }
        }
    }

    @Test
    void exitsWith1AndOneLineWhenItsEndTakesTooLong() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.createTopics("late");
            cluster.send("late", values(FakeClassifier.HANG));
            Map<String, String> settings = cluster.settings("late");
            int port = AppProcess.freePort();
            settings.put("http.port", Integer.toString(port));
            settings.put("shutdown.timeout.ms", "1000");
            List<String> arguments = new ArrayList<>(List.of("stream"));
            settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
            try (AppProcess app = new AppProcess(directory, arguments.toArray(String[]::new))) {
                AppProcess.awaitPage(port, "/metrics", "smsieve_ahead_joined_total.*hit.* 1.0");

                app.terminate();

                assertThat(app.exitCode()).isEqualTo(1);
                assertThat(app.err().lines().filter(line -> !line.contains(" INFO ")))
                        .containsExactly("smsieve: shutdown.timeout.ms: 1000 ms passed before the end of the stream"
                                + " threads; what they had not committed is classified again after the next start");
            }
        }
    }

    @Test
    void tellsAMistypedSettingInOneLine() throws Exception {
        try (AppProcess app = new AppProcess(directory, "stream", "--set", "stream.thread=1")) {
            assertThat(app.exitCode()).isEqualTo(1);
            assertThat(app.err().strip())
                    .isEqualTo("smsieve: stream.thread: unknown setting (did you mean stream.threads?"
                            + " smsieve stream --list-settings shows all)");
        }
    }
}
