package org.smsieve.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.smsieve.bundle.Sha256;

class DownloaderTest {
    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(20), Duration.ofSeconds(20), 3, Duration.ofMillis(1));
    private static final Patience HASTY =
            new Patience(Duration.ofSeconds(20), Duration.ofMillis(200), 5, Duration.ofMillis(1));

    private static final byte[] FILE = bytes(300_000, 1);
    private static final byte[] OTHER = bytes(300_000, 2);
    private static final String SHA256 = Sha256.of(FILE);
    private static final String TAG = "\"one\"";

    @TempDir
    private Path directory;

    @Test
    void fetchesAFileAndTellsHowFarItIs() throws IOException {
        List<Long> progress = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            new Downloader(SHORT).fetch(download(server), (bytes, total) -> {
                assertThat(total).isEqualTo(FILE.length);
                progress.add(bytes);
            });
        }

        assertThat(file()).hasBinaryContent(FILE);
        assertThat(progress).isSorted().endsWith((long) FILE.length);
        assertThat(leftOver()).isEmpty();
    }

    @Test
    void leavesAFileAloneThatIsThere() throws IOException {
        Files.write(Files.createDirectories(file().getParent()).resolve("file.bin"), OTHER);
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            fetch(server);

            assertThat(server.requests()).isEmpty();
        }
        assertThat(file()).hasBinaryContent(OTHER);
    }

    @Test
    void replacesAFileThatIsThereOnceTheOtherIsWhole() throws IOException {
        Files.write(Files.createDirectories(file().getParent()).resolve("file.bin"), OTHER);
        Downloader downloader = new Downloader(SHORT);
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.status("404 Not Found"))) {
            assertThatThrownBy(() -> downloader.replace(download(server), DownloadProgress.NONE))
                    .isInstanceOf(DownloadException.class);
        }
        assertThat(file()).hasBinaryContent(OTHER);
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            downloader.replace(download(server), DownloadProgress.NONE);
            downloader.replace(download(server), DownloadProgress.NONE);

            assertThat(server.requests()).hasSize(1);
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void refusesAWrongChecksumAndDeletesTheFile() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(OTHER, TAG))) {
            assertThatThrownBy(() -> fetch(server))
                    .isInstanceOf(DownloadException.class)
                    .hasMessage(server.address("/file.bin") + ": sha256 " + Sha256.of(OTHER) + " (expected: " + SHA256
                            + "; deleted)");
            assertThat(server.requests()).hasSize(1);
        }
        assertThat(file()).doesNotExist();
        assertThat(leftOver()).isEmpty();
    }

    @Test
    void asksForTheRestWhereTheConnectionBreaks() throws IOException {
        try (ScriptedServer server =
                new ScriptedServer(ScriptedServer.broken(FILE, TAG, 100_000), ScriptedServer.file(FILE, TAG))) {
            fetch(server);

            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().get(0).headers()).doesNotContainKey("range");
            assertThat(server.requests().get(1).headers())
                    .containsEntry("range", "bytes=100000-")
                    .containsEntry("if-range", TAG);
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void goesOnWhereAnEarlierProcessWasInterrupted() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                ScriptedServer.broken(FILE, TAG, 100_000), ScriptedServer.status("503 Service Unavailable"))) {
            assertThatThrownBy(() -> fetch(server)).hasMessageContaining("503");
        }
        assertThat(file()).doesNotExist();

        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            fetch(server);

            assertThat(server.requests()).hasSize(1);
            assertThat(server.requests().get(0).headers()).containsEntry("range", "bytes=100000-");
        }
        assertThat(file()).hasBinaryContent(FILE);
        assertThat(leftOver()).isEmpty();
    }

    @Test
    void takesWhatAnEarlierProcessHadWhole() throws IOException {
        writePartial(FILE);
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            fetch(server);

            assertThat(server.requests()).hasSize(1);
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 300_000, 400_000})
    void startsOverWhereWhatAnEarlierProcessLeftIsSpoilt(int bytes) throws IOException {
        writePartial(bytes(bytes, 3));
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            fetch(server);

            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().get(1).headers()).doesNotContainKey("range");
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void startsOverWhereTheServerKnowsNoRanges() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                ScriptedServer.broken(FILE, TAG, 100_000), ScriptedServer.broken(FILE, TAG, FILE.length))) {
            fetch(server);

            assertThat(server.requests().get(1).headers()).containsKey("range");
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void startsOverWhereTheFileHasChanged() throws IOException {
        try (ScriptedServer server =
                new ScriptedServer(ScriptedServer.broken(OTHER, "\"old\"", 100_000), ScriptedServer.file(FILE, TAG))) {
            new Downloader(SHORT)
                    .fetch(new Download(server.address("/file.bin"), file(), FILE.length, null), DownloadProgress.NONE);

            assertThat(server.requests().get(1).headers()).containsEntry("if-range", "\"old\"");
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void startsOverWhereTheServerSendsTheRestOfAnotherFile() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                ScriptedServer.broken(OTHER, "\"old\"", 100_000),
                ScriptedServer.status(
                        "206 Partial Content", "Content-Range: bytes 100000-299999/300000", "ETag: " + TAG),
                ScriptedServer.file(FILE, TAG))) {
            new Downloader(SHORT)
                    .fetch(new Download(server.address("/file.bin"), file(), FILE.length, null), DownloadProgress.NONE);
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void joinsNoPartsOfUnknownFiles() throws IOException {
        Download unknown = new Download(URI.create("http://127.0.0.1:1/file.bin"), file(), FILE.length, null);
        Files.createDirectories(file().getParent());
        Files.write(unknown.partial(), OTHER);
        try (ScriptedServer server = new ScriptedServer(
                (request, out) -> {
                    ScriptedServer.head(out, "200 OK", "ETag: W/\"weak\"", "Content-Length: " + FILE.length);
                    out.write(OTHER, 0, 1_000);
                },
                ScriptedServer.file(FILE, TAG))) {
            new Downloader(SHORT)
                    .fetch(new Download(server.address("/file.bin"), file(), FILE.length, null), DownloadProgress.NONE);

            assertThat(server.requests())
                    .hasSize(2)
                    .allMatch(request -> !request.headers().containsKey("range"));
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void startsOverWhereTheServerSendsAnotherPart() throws IOException {
        writePartial(Arrays.copyOf(FILE, 1_000));
        try (ScriptedServer server = new ScriptedServer(
                ScriptedServer.status("206 Partial Content", "Content-Range: bytes 0-299999/300000"),
                ScriptedServer.file(FILE, TAG))) {
            fetch(server);

            assertThat(server.requests().get(1).headers()).doesNotContainKey("range");
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void keepsTryingAsLongAsItGetsFurther() throws IOException {
        ScriptedServer.Answer some = (request, out) -> {
            String range = request.headers().getOrDefault("range", "bytes=0-");
            int from = Integer.parseInt(range.replaceAll("\\D", ""));
            ScriptedServer.head(
                    out,
                    from == 0 ? "200 OK" : "206 Partial Content",
                    "ETag: " + TAG,
                    "Content-Range: bytes " + from + "-" + (FILE.length - 1) + "/" + FILE.length,
                    "Content-Length: " + (FILE.length - from));
            out.write(FILE, from, 30_000);
        };
        try (ScriptedServer server = new ScriptedServer(some)) {
            fetch(server);

            assertThat(server.requests()).hasSize(10);
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"404 Not Found", "403 Forbidden", "410 Gone", "400 Bad Request", "204 No Content"})
    void asksOnceForWhatIsNotThere(String status) throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(status))) {
            assertThatThrownBy(() -> fetch(server))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageStartingWith(server.address("/file.bin") + ": HTTP status " + status.substring(0, 3));
            assertThat(server.requests()).hasSize(1);
        }
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"})
    void asksAgainWhereTheServerIsUnwell(String status) throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                ScriptedServer.status(status), ScriptedServer.status(status), ScriptedServer.file(FILE, TAG))) {
            fetch(server);
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void givesUpAfterSomeAttempts() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.status("502 Bad Gateway"))) {
            assertThatThrownBy(() -> fetch(server))
                    .isInstanceOf(DownloadException.class)
                    .hasMessage(server.address("/file.bin") + ": HTTP status 502");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void waitsLongerAfterEachFailure() {
        Patience patience = new Patience(Duration.ZERO, Duration.ZERO, 9, Duration.ofSeconds(1));

        assertThat(Stream.of(1, 2, 3, 6, 7).map(patience::pauseAfter).map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 32L, 32L);
    }

    @Test
    void asksAgainWhereTheServerFallsSilent() throws IOException {
        List<ScriptedServer> self = new ArrayList<>();
        ScriptedServer.Answer stalled =
                (request, out) -> self.get(0).stalled(FILE, 100_000).write(request, out);
        try (ScriptedServer server = new ScriptedServer(stalled, ScriptedServer.file(FILE, TAG))) {
            self.add(server);
            new Downloader(HASTY).fetch(download(server), DownloadProgress.NONE);

            assertThat(server.requests().get(1).headers()).containsEntry("range", "bytes=100000-");
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void givesUpOnAServerThatStaysSilent() throws IOException {
        List<ScriptedServer> self = new ArrayList<>();
        ScriptedServer.Answer stalled =
                (request, out) -> self.get(0).stalled(FILE, 0).write(request, out);
        try (ScriptedServer server = new ScriptedServer(stalled)) {
            self.add(server);

            assertThatThrownBy(() -> new Downloader(HASTY).fetch(download(server), DownloadProgress.NONE))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("nothing came for 0.2 s");
            assertThat(server.requests()).hasSize(5);
        }
    }

    @Test
    void saysThatAHostCannotBeReached() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        URI refused = URI.create("http://127.0.0.1:" + port + "/file.bin?token=secret");

        assertThatThrownBy(() -> new Downloader(SHORT)
                        .fetch(new Download(refused, file(), FILE.length, SHA256), DownloadProgress.NONE))
                .isInstanceOf(DownloadException.class)
                .hasMessage("http://127.0.0.1:" + port
                        + "/file.bin: 127.0.0.1, or where it redirects to, cannot be reached: connection refused");
        // A name that is reserved for not existing (RFC 2606).
        URI unknown = URI.create("http://smsieve.invalid/file.bin");
        assertThatThrownBy(() -> new Downloader(SHORT)
                        .fetch(new Download(unknown, file(), FILE.length, SHA256), DownloadProgress.NONE))
                .isInstanceOf(DownloadException.class)
                .hasMessage("http://smsieve.invalid/file.bin: smsieve.invalid, or where it redirects to, cannot be"
                        + " reached: unknown host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no HTTP\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", ""})
    void refusesWhatIsNoAnswer(String nonsense) throws IOException {
        try (ScriptedServer server =
                new ScriptedServer((request, out) -> out.write(nonsense.getBytes(StandardCharsets.US_ASCII)))) {
            assertThatThrownBy(() -> fetch(server))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageStartingWith(server.address("/file.bin") + ": no answer");
        }
    }

    @Test
    void refusesAFileThatIsTooLarge() throws IOException {
        ScriptedServer.Answer unannounced = (request, out) -> {
            ScriptedServer.head(out, "200 OK");
            out.write(FILE);
            out.write(1);
        };
        for (ScriptedServer.Answer answer : List.of(ScriptedServer.file(bytes(FILE.length + 1, 1), TAG), unannounced)) {
            try (ScriptedServer server = new ScriptedServer(answer)) {
                assertThatThrownBy(() -> fetch(server))
                        .isInstanceOf(DownloadException.class)
                        .hasMessageContaining("(expected: at most 300000 bytes)");
                assertThat(server.requests()).hasSize(1);
            }
            assertThat(file()).doesNotExist();
            assertThat(leftOver()).isEmpty();
        }
    }

    @Test
    void followsRedirectsAlsoForTheRest() throws IOException {
        try (ScriptedServer target =
                        new ScriptedServer(ScriptedServer.broken(FILE, TAG, 100_000), ScriptedServer.file(FILE, TAG));
                ScriptedServer server = new ScriptedServer(
                        ScriptedServer.status("302 Found", "Location: " + target.address("/elsewhere?signature=x")))) {
            fetch(server);

            assertThat(target.requests().get(1).headers()).containsEntry("range", "bytes=100000-");
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void doesNotFollowRedirectsForEver() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.status("302 Found", "Location: /file.bin"))) {
            assertThatThrownBy(() -> fetch(server))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("302");
        }
    }

    @Test
    void goesThroughTheProxyOfTheJvm() throws IOException {
        ProxySelector before = ProxySelector.getDefault();
        try (ScriptedServer proxy = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(proxy.port()));
            Download download =
                    new Download(URI.create("http://smsieve.invalid/file.bin"), file(), FILE.length, SHA256);

            new Downloader(SHORT).fetch(download, DownloadProgress.NONE);

            assertThat(proxy.requests())
                    .extracting(ScriptedServer.Request::target)
                    .containsExactly("http://smsieve.invalid/file.bin");
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            ProxySelector.setDefault(before);
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void namesTheProxyThatCannotBeReached() throws IOException {
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("smsieve.invalid", 3128)));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
        try {
            Download download = new Download(URI.create("http://example.org/file.bin"), file(), FILE.length, SHA256);
            assertThatThrownBy(() -> new Downloader(SHORT).fetch(download, DownloadProgress.NONE))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining(
                            "example.org, or where it redirects to, cannot be reached through the proxy smsieve.invalid");
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    @Test
    void fetchesAFileOnceForAllWhoWantIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(() -> {
                    fetch(server);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(server.requests()).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
        assertThat(file()).hasBinaryContent(FILE);
    }

    @Test
    void waitsForAnotherProcessAndUsesWhatItBrought() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(FILE, TAG))) {
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            LockHolder.class.getName(),
                            download(server).lock().toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            FutureTask<Void> fetched = new FutureTask<>(() -> {
                fetch(server);
                return null;
            });
            Thread waiting = new Thread(fetched);
            ListAppender<ILoggingEvent> log = new ListAppender<>();
            Logger logger = (Logger) LoggerFactory.getLogger(Downloader.class);
            logger.addAppender(log);
            log.start();
            try {
                // The other process says when it has the lock, and holds it until its input ends.
                assertThat(other.getInputStream().read()).isEqualTo('l');
                waiting.start();
                await().until(() -> !log.list.isEmpty());
                Files.write(file(), OTHER);
                other.getOutputStream().close();
                fetched.get();
                assertThat(server.requests()).isEmpty();
                assertThat(log.list)
                        .singleElement()
                        .hasToString("[INFO] " + file() + ": another process is fetching it; waiting for that");
            } finally {
                logger.detachAppender(log);
                other.destroyForcibly().waitFor();
                waiting.join();
            }
        }
        assertThat(file()).hasBinaryContent(OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://example.org/x", "file:///etc/passwd", "x", "http:/no-host"})
    void refusesOtherAddresses(String address) {
        assertThatThrownBy(() -> new Download(URI.create(address), file(), 1, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(address);
    }

    private Path file() {
        return directory.resolve("cache").resolve("file.bin");
    }

    private Download download(ScriptedServer server) {
        return new Download(server.address("/file.bin"), file(), FILE.length, SHA256);
    }

    private void fetch(ScriptedServer server) throws IOException {
        new Downloader(SHORT).fetch(download(server), DownloadProgress.NONE);
    }

    private void writePartial(byte[] content) throws IOException {
        Files.createDirectories(file().getParent());
        Files.write(
                new Download(URI.create("http://127.0.0.1/file.bin"), file(), FILE.length, SHA256).partial(), content);
    }

    /** What lies in the cache besides the file and its lock. */
    private List<Path> leftOver() throws IOException {
        try (Stream<Path> files = Files.list(file().getParent())) {
            return files.filter(f -> !f.equals(file()) && !f.toString().endsWith(".lock"))
                    .toList();
        }
    }

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
