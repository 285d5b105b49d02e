package org.smsieve.app.swap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.smsieve.app.fixture.Cluster.header;
import static org.smsieve.app.fixture.Cluster.outputs;
import static org.smsieve.app.fixture.Cluster.values;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.AppProcess;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.registry.AppReport;
import org.smsieve.registry.ModelTopics;
import org.smsieve.registry.Registry;
import org.smsieve.registry.StoredBundle;

/** An app that has no directory in common with the registry: an HTTP server stands between them. */
@Timeout(180)
class HttpRegistryIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String TEST = "http";

    @TempDir
    private Path directory;

    private final List<String> requested = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private Registry registry;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/models/", this::answer);
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/models/");
        registry = new Registry(directory.resolve("registry"), Optional.of(url));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String file = exchange.getRequestURI().getPath().substring("/models/".length());
            requested.add(file);
            byte[] content = Files.readAllBytes(registry.directory().resolve(file));
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        }
    }

    private void publish(ModelTopics topics, String version, long seed, boolean tampered) throws IOException {
        Path made = TinyBundle.of("tiny", version, seed).write(directory.resolve("made" + version));
        StoredBundle stored = registry.add(made);
        if (tampered) {
            Path weights = stored.directory().resolve("model.safetensors");
            byte[] bytes = Files.readAllBytes(weights);
            bytes[bytes.length - 1] ^= 1;
            Files.write(weights, bytes);
        }
        topics.announce(stored.announcement(Instant.now()), LIMIT);
    }

    @Test
    void fetchesAndServesABundleAndRefusesATamperedOne() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.createTopics(TEST);
            ModelTopics topics = cluster.modelTopics(TEST);
            int port = AppProcess.freePort();
            try (AppProcess app = new AppProcess(directory, arguments(cluster, port))) {
                AppProcess.awaitPage(port, "/health/ready", "ok");

                publish(topics, "1", 1, false);

                AppProcess.awaitPage(port, "/api/status", ".*\"model\":\"tiny@1\".*");
                assertThat(requested).contains("tiny/1/smsieve.json", "tiny/1/model.safetensors");
                assertThat(modelOf(cluster, 1)).isEqualTo("tiny@1");

                publish(topics, "2", 2, true);

                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(topics.reports(LIMIT))
                                .extracting(AppReport::refused)
                                .first()
                                .asString()
                                .startsWith("tiny@2: ")
                                .contains("model.safetensors")
                                .contains("sha256"));
                assertThat(modelOf(cluster, 2)).isEqualTo("tiny@1");
                app.terminate();
                assertThat(app.exitCode()).as(app.err()).isZero();
            }
        }
    }

    /** Which model classifies the next message, the {@code count}th. */
    private static String modelOf(Cluster cluster, int count) throws Exception {
        String text = "message " + count;
        cluster.send(TEST, values(text));
        return cluster.awaitRecords(outputs(TEST), count).stream()
                .filter(record -> new String(record.value(), UTF_8).contains(text))
                .map(record -> header(record, "smsieve.model"))
                .findFirst()
                .orElseThrow();
    }

    private static String[] arguments(Cluster cluster, int port) {
        Map<String, String> settings = cluster.settings(TEST);
        settings.put("http.port", Integer.toString(port));
        List<String> arguments = new ArrayList<>(List.of("stream"));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments.toArray(String[]::new);
    }
}
