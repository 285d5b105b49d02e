package org.smsieve.app.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.smsieve.app.fixture.Cluster.header;
import static org.smsieve.app.fixture.Cluster.outputs;
import static org.smsieve.app.fixture.Cluster.values;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.fixture.FakeLoader;
import org.smsieve.app.stream.StreamsApp;
import org.smsieve.app.swap.SwapEvent.Outcome;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.AppReport;
import org.smsieve.registry.ModelTopics;
import org.smsieve.registry.PromotionRule;
import org.smsieve.registry.Registry;

@Timeout(120)
class HotSwapIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static Cluster cluster;

    @TempDir
    private Path directory;

    private final List<SwapEvent> events = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        cluster = new Cluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private StreamsApp start(SettingsReader settings) throws InterruptedException {
        return start(settings, new FakeLoader(() -> new FakeClassifier(Duration.ofMillis(1))));
    }

    private StreamsApp start(SettingsReader settings, FakeLoader loader) throws InterruptedException {
        return StreamsApp.start(settings.read(), loader.configured(), loader, events::add);
    }

    private Registry registry() {
        return new Registry(directory.resolve("registry"), Optional.empty());
    }

    private Announcement stored(TinyBundle bundle) throws IOException {
        Path made = bundle.write(directory.resolve("made").resolve(bundle.version()));
        return registry().add(made).announcement(Instant.now());
    }

    private void awaitEvent(Outcome outcome, String model) {
        await().atMost(LIMIT)
                .until(() -> events.stream()
                        .anyMatch(event ->
                                event.outcome() == outcome && event.model().equals(model)));
    }

    private String reason(Outcome outcome) {
        return events.stream()
                .filter(event -> event.outcome() == outcome)
                .findFirst()
                .orElseThrow()
                .reason();
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void servesWhatIsAnnouncedWithoutARestart() throws Exception {
        String test = "announced";
        cluster.createTopics(test);
        ModelTopics topics = cluster.modelTopics(test);
        try (StreamsApp app = start(cluster.reader(test))) {
            cluster.send(test, values("first"));
            cluster.awaitRecords(outputs(test), 1);

            topics.announce(stored(TinyBundle.of("tiny", "1", 1)), LIMIT);

            awaitEvent(Outcome.SWAPPED, "tiny@1");
            cluster.send(test, values("second"));
            List<ConsumerRecord<byte[], byte[]>> received = cluster.awaitRecords(outputs(test), 2);
            assertThat(received.stream().map(record -> header(record, "smsieve.model")))
                    .containsExactlyInAnyOrder(FakeClassifier.MODEL, "tiny@1");
            assertThat(get(app.httpPort(), "/metrics"))
                    .contains("smsieve_swaps_total{outcome=\"swapped\"} 1.0")
                    .contains("name=\"tiny\",precision=\"fp32\",version=\"1\"} 1.0");
            assertThat(get(app.httpPort(), "/api/status")).contains("\"model\":\"tiny@1\"");
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(topics.reports(LIMIT))
                            .extracting(AppReport::model)
                            .containsExactly("tiny@1"));
        }
        assertThat(topics.reports(LIMIT)).isEmpty();
    }

    @Test
    void beginsWithWhatWasAnnouncedBefore() throws Exception {
        String test = "before";
        cluster.createTopics(test);
        cluster.modelTopics(test).announce(stored(TinyBundle.of("tiny", "1", 1)), LIMIT);
        cluster.modelTopics(test).announce(stored(TinyBundle.of("tiny", "2", 2)), LIMIT);
        cluster.send(test, values("first"));
        try (StreamsApp app = start(cluster.reader(test))) {
            List<ConsumerRecord<byte[], byte[]>> received = cluster.awaitRecords(outputs(test), 1);

            assertThat(header(received.get(0), "smsieve.model")).isEqualTo("tiny@2");
            assertThat(events).extracting(SwapEvent::model).containsExactly("tiny@2");
            assertThat(app.ended()).isNotDone();
        }
    }

    @Test
    void goesOnWithTheModelItHasWhereABundleFailsItsChecks() throws Exception {
        String test = "refused";
        cluster.createTopics(test);
        ModelTopics topics = cluster.modelTopics(test);
        Path wrong = TinyBundle.of("tiny", "3", 3).writeWithWrongLogits(directory.resolve("wrong"));
        Path cut = TinyBundle.of("tiny", "4", 4).write(directory.resolve("cut"));
        Announcement truncated = registry().add(cut).announcement(Instant.now());
        Path weights = directory.resolve("registry/tiny/4/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(bytes, bytes.length / 2));
        try (StreamsApp app = start(cluster.reader(test))) {
            topics.announce(registry().add(wrong).announcement(Instant.now()), LIMIT);
            awaitEvent(Outcome.REFUSED, "tiny@3");
            topics.announce(truncated, LIMIT);
            awaitEvent(Outcome.REFUSED, "tiny@4");
            topics.announce(stored(TinyBundle.of("tiny", "5", 5).withLabels("ham", "promo", "spam")), LIMIT);
            awaitEvent(Outcome.REFUSED, "tiny@5");

            cluster.send(test, values("still there"));
            assertThat(header(cluster.awaitRecords(outputs(test), 1).get(0), "smsieve.model"))
                    .isEqualTo(FakeClassifier.MODEL);
            assertThat(events)
                    .extracting(SwapEvent::reason)
                    .satisfiesExactly(
                            reason -> assertThat(reason).contains("goldenExamples: 0: logits"),
                            reason -> assertThat(reason).contains("model.safetensors: sha256"),
                            reason -> assertThat(reason).contains("labels: [ham, promo, spam]"));
            assertThat(get(app.httpPort(), "/metrics")).contains("smsieve_swaps_total{outcome=\"refused\"} 3.0");
        }
    }

    @Test
    void goesOnWithTheModelItHasWhereABundleDoesNotFitIntoMemory() throws Exception {
        String test = "memory";
        cluster.createTopics(test);
        FakeLoader loader = new FakeLoader(() -> new FakeClassifier(Duration.ofMillis(1))).withMemory(4 << 20);
        try (StreamsApp app = start(cluster.reader(test), loader)) {
            cluster.modelTopics(test).announce(stored(TinyBundle.of("tiny", "1", 1)), LIMIT);
            awaitEvent(Outcome.SWAPPED, "tiny@1");

            cluster.modelTopics(test)
                    .announce(stored(TinyBundle.of("tiny", "2", 2).ofMiniSize()), LIMIT);

            awaitEvent(Outcome.REFUSED, "tiny@2");
            assertThat(reason(Outcome.REFUSED))
                    .matches("needs [0-9]{2} MiB of memory \\(expected: at most 4 MiB, which are available\\)");
            cluster.send(test, values("still there"));
            assertThat(header(cluster.awaitRecords(outputs(test), 1).get(0), "smsieve.model"))
                    .isEqualTo("tiny@1");
            assertThat(app.ended()).isNotDone();
        }
    }

    @Test
    void endsOnTheSameModelInAllAppsWhereManyAnnounceAtOnce() throws Exception {
        String test = "many";
        cluster.createTopics(test);
        ModelTopics topics = cluster.modelTopics(test);
        List<Announcement> models = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            // Of two names, so that the last one counts whatever its key.
            models.add(stored(TinyBundle.of("tiny" + i % 2, "v" + i, i)));
        }
        try (StreamsApp first = start(cluster.reader(test));
                StreamsApp second = start(cluster.reader(test).set("application.id", test + "-second"))) {
            ExecutorService threads = Executors.newFixedThreadPool(models.size());
            CompletableFuture<?>[] announcers = models.stream()
                    .map(model -> CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < 5; i++) {
                                    topics.announce(model, LIMIT);
                                }
                            },
                            threads))
                    .toArray(CompletableFuture<?>[]::new);

            CompletableFuture.allOf(announcers).join();

            threads.shutdown();
            String last = topics.read(LIMIT).served().orElseThrow().model();
            for (StreamsApp app : List.of(first, second)) {
                await().atMost(LIMIT)
                        .untilAsserted(() ->
                                assertThat(get(app.httpPort(), "/api/status")).contains("\"model\":\"" + last + "\""));
            }
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(topics.reports(LIMIT))
                            .extracting(AppReport::application, AppReport::model)
                            .containsExactlyInAnyOrder(tuple(test, last), tuple(test + "-second", last)));
            assertThat(events).extracting(SwapEvent::outcome).containsOnly(Outcome.SWAPPED);
        }
    }

    @Test
    void takesALabelThatATopicIsNamedFor() throws Exception {
        String test = "labels";
        cluster.createTopics(test);
        SettingsReader settings =
                cluster.reader(test).set("topics.output.promo", test + "-promo").set("topics.create", "true");
        try (StreamsApp app = start(settings)) {
            cluster.modelTopics(test)
                    .announce(stored(TinyBundle.of("tiny", "1", 1).withLabels("ham", "promo", "spam")), LIMIT);

            awaitEvent(Outcome.SWAPPED, "tiny@1");
            assertThat(app.ended()).isNotDone();
        }
    }

    @Test
    void skipsAndCountsWhatAnnouncesNothing() throws Exception {
        String test = "nothing";
        cluster.createTopics(test);
        ModelTopics topics = cluster.modelTopics(test);
        topics.create(topics.names(), LIMIT);
        try (StreamsApp app = start(cluster.reader(test))) {
            byte[] key = "tiny".getBytes(StandardCharsets.UTF_8);
            for (String value :
                    List.of("not JSON", "[]", "{\"name\":\"tiny\",\"version\":\"../x\"}", "null", "\u0000")) {
                cluster.send(
                        List.of(new ProducerRecord<>(topics.models(), key, value.getBytes(StandardCharsets.UTF_8))));
            }

            topics.announce(stored(TinyBundle.of("tiny", "1", 1)), LIMIT);

            awaitEvent(Outcome.SWAPPED, "tiny@1");
            assertThat(get(app.httpPort(), "/metrics")).contains("smsieve_announcements_skipped_total 5.0");
        }
    }

    @Test
    void promotesAShadowThatAgreesAndDropsOneThatDoesNot() throws Exception {
        String test = "shadow";
        cluster.createTopics(test);
        ModelTopics topics = cluster.modelTopics(test);
        Announcement first = stored(TinyBundle.of("tiny", "1", 1));
        topics.announce(first, LIMIT);
        try (StreamsApp app = start(cluster.reader(test))) {
            Announcement same = stored(TinyBundle.of("tiny", "1b", 1));
            topics.announce(same.asShadow(0.5, new PromotionRule(200, 0.99, 1000), first), LIMIT);
            awaitEvent(Outcome.SHADOWED, "tiny@1b");
            sendUntil(test, Outcome.PROMOTED, "tiny@1b");
            awaitEvent(Outcome.SWAPPED, "tiny@1b");

            Announcement other = stored(TinyBundle.of("tiny", "2", 2));
            topics.announce(other.asShadow(1.0, new PromotionRule(200, 1, 1000), same.asServed(Instant.now())), LIMIT);
            awaitEvent(Outcome.SHADOWED, "tiny@2");
            sendUntil(test, Outcome.DROPPED, "tiny@2");

            assertThat(reason(Outcome.DROPPED)).startsWith("agreement 0.");
            await().atMost(LIMIT)
                    .until(() -> !get(app.httpPort(), "/api/status").contains("tiny@2\",\"swaps"));
            assertThat(topics.read(LIMIT).served().orElseThrow().version()).isEqualTo("1b");
            assertThat(topics.read(LIMIT).shadow()).isEmpty();
            assertThat(get(app.httpPort(), "/api/status")).contains("\"model\":\"tiny@1b\",");
            assertThat(cluster.read(outputs(test)).stream().map(record -> header(record, "smsieve.model")))
                    .containsOnly("tiny@1", "tiny@1b");
        }
    }

    private void sendUntil(String test, Outcome outcome, String model) {
        await().atMost(LIMIT).until(() -> {
            String[] texts = new String[50];
            Arrays.setAll(texts, i -> "message " + i + " of " + System.nanoTime());
            cluster.send(test, values(texts));
            return events.stream()
                    .anyMatch(
                            event -> event.outcome() == outcome && event.model().equals(model));
        });
    }
}
