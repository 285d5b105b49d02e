package org.smsieve.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.Sha256;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.download.Downloader;
import org.smsieve.download.Patience;
import org.smsieve.download.ScriptedServer;
import org.smsieve.download.ScriptedServer.Answer;

/** Bundles from a registry that an HTTP server serves, and from one that misbehaves. */
class BundleFetcherTest {
    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(2), Duration.ofSeconds(2), 3, Duration.ofMillis(10));

    @TempDir
    private Path directory;

    private Path root;
    private StoredBundle stored;

    @BeforeEach
    void makeRegistry() throws IOException {
        root = directory.resolve("registry");
        stored = new Registry(root, Optional.empty())
                .add(TinyBundle.of("tiny", "1", 1).write(directory.resolve("made")));
    }

    private BundleFetcher fetcher(long maxBytes) {
        return new BundleFetcher(directory.resolve("cache"), maxBytes, new Downloader(SHORT));
    }

    private Bundle fetch(String location) throws IOException {
        return fetcher(1 << 30).fetch(announced(location, stored.sha256()));
    }

    private static Announcement announced(String location, String sha256) {
        return Announcement.serve("tiny", "1", location, sha256, null, Instant.EPOCH);
    }

    /** Serves the registry's files. */
    private Answer files() {
        return (request, out) -> {
            Path file = root.resolve(request.target().substring(1)).normalize();
            if (file.startsWith(root) && Files.isRegularFile(file)) {
                ScriptedServer.file(Files.readAllBytes(file), '"' + file.toString() + '"')
                        .write(request, out);
            } else {
                ScriptedServer.status("404 Not Found").write(request, out);
            }
        };
    }

    private static String location(ScriptedServer server) {
        return server.address("/tiny/1/").toString();
    }

    @Test
    void fetchesOnceAndKeepsIt() throws IOException {
        try (ScriptedServer server = new ScriptedServer(files())) {
            assertThat(fetch(location(server)).manifest().model()).isEqualTo("tiny@1");
            int requests = server.requests().size();
            assertThat(requests).isEqualTo(1 + stored.manifest().files().size());

            assertThat(fetch(location(server)).manifest().model()).isEqualTo("tiny@1");

            assertThat(server.requests()).hasSize(requests);
        }
    }

    @Test
    void fetchesAnewWhatIsDamaged() throws IOException {
        try (ScriptedServer server = new ScriptedServer(files())) {
            fetch(location(server));
            Path weights = directory.resolve("cache/" + stored.sha256() + "/model.safetensors");
            Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 100));

            fetch(location(server));

            assertThat(Sha256.of(weights)).isEqualTo(stored.manifest().files().get("model.safetensors"));
        }
    }

    @Test
    void resumesABrokenConnection() throws IOException {
        AtomicBoolean broke = new AtomicBoolean();
        Answer once = (request, out) -> {
            if (request.target().endsWith("model.safetensors") && !broke.getAndSet(true)) {
                Path file = root.resolve("tiny/1/model.safetensors");
                ScriptedServer.broken(Files.readAllBytes(file), '"' + file.toString() + '"', 5_000)
                        .write(request, out);
            } else {
                files().write(request, out);
            }
        };
        try (ScriptedServer server = new ScriptedServer(once)) {
            assertThat(fetch(location(server)).manifest().model()).isEqualTo("tiny@1");

            assertThat(server.requests())
                    .filteredOn(request -> request.headers().containsKey("range"))
                    .extracting(request -> request.headers().get("range"))
                    .containsExactly("bytes=5000-");
        }
    }

    @Test
    void refusesOtherBytesThanAnnounced() throws IOException {
        Files.writeString(root.resolve("tiny/1/README.md"), "another card");
        try (ScriptedServer server = new ScriptedServer(files())) {
            assertThatThrownBy(() -> fetch(location(server)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("README.md")
                    .hasMessageContaining("sha256");
            assertThatThrownBy(() -> fetcher(1 << 30).fetch(announced(location(server), "0".repeat(64))))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("smsieve.json")
                    .hasMessageContaining("sha256");
        }
        assertThatThrownBy(() -> fetch(stored.location()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("README.md");
    }

    @Test
    void refusesAnotherModelThanAnnounced() {
        Announcement other = Announcement.serve("tiny", "2", stored.location(), stored.sha256(), null, Instant.EPOCH);

        assertThatThrownBy(() -> fetcher(1 << 30).fetch(other))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is tiny@1 (expected: tiny@2, as announced)");
    }

    @Test
    void refusesWhatIsMissingOrNotThere() throws IOException {
        assertThatThrownBy(() -> fetch(directory.resolve("nowhere").toUri().toString()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("smsieve.json: no such file");
        try (ScriptedServer server = new ScriptedServer(files())) {
            assertThatThrownBy(() -> fetch(server.address("/nowhere/").toString()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("404");
        }
        URI closed;
        try (ScriptedServer server = new ScriptedServer(files())) {
            closed = server.address("/tiny/1/");
        }
        assertThatThrownBy(() -> fetch(closed.toString())).isInstanceOf(IOException.class);
    }

    @Test
    void refusesMoreThanTheLimitWithoutStoringIt() throws IOException {
        assertThatThrownBy(() -> fetcher(10_000).fetch(announced(stored.location(), stored.sha256())))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("models.max-megabytes");
        try (ScriptedServer server = new ScriptedServer(files())) {
            assertThatThrownBy(() -> fetcher(10_000).fetch(announced(location(server), stored.sha256())))
                    .isInstanceOfAny(CheckpointException.class, IOException.class)
                    .hasMessageContaining("at most");
        }
        assertThat(directory.resolve("cache/" + stored.sha256() + "/model.safetensors"))
                .doesNotExist();
    }

    /** Whoever can write the topic and the location can name files; they must not lead out of the cache. */
    @Test
    void refusesHostileNames() throws IOException {
        for (String name : List.of("../escaped", "/etc/escaped", "a/b", "..", "")) {
            Path manifest = root.resolve("tiny/1/smsieve.json");
            String json = Files.readString(manifest);
            Files.writeString(manifest, json.replace("\"README.md\"", '"' + name + '"'));
            try (ScriptedServer server = new ScriptedServer(files())) {
                Announcement hostile = announced(location(server), Sha256.of(manifest));
                assertThatThrownBy(() -> fetcher(1 << 30).fetch(hostile))
                        .as(name)
                        .isInstanceOf(CheckpointException.class);
                assertThat(server.requests()).hasSize(1);
            }
            Files.writeString(manifest, json);
        }
        assertThat(directory.resolve("cache/escaped")).doesNotExist();
        assertThat(directory.resolve("escaped")).doesNotExist();
    }
}
