package org.smsieve.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.smsieve.app.fixture.Cluster.outputs;
import static org.smsieve.app.fixture.Cluster.values;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.demo.DemoMessages;
import org.smsieve.app.fixture.AppProcess;
import org.smsieve.app.fixture.Browser;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.fixture.FakeLoader;
import org.smsieve.app.fixture.Tab;
import org.smsieve.app.stream.StreamsApp;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.fixture.Programs;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.registry.Registry;

/** The page in a real browser. Its pictures are in {@code target/screenshots}. */
@Timeout(300)
class PageIT {
    private static final String TEST = "page";
    private static final String HOSTILE =
            "<img src=x onerror=alert(1)><script>alert(2)</script><b>free</b> &amp; \"rich\"";
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    private static Path directory;

    private static Browser browser;
    private static Cluster cluster;
    private static StreamsApp app;

    private final List<Tab> tabs = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        Path chromium = Programs.require("chromium", "chromium", "chromium-browser", "google-chrome");
        cluster = new Cluster();
        cluster.createTopics(TEST);
        app = start(cluster.reader(TEST)
                .set("http.show-messages", "true")
                .set("http.accept-messages", "true")
                .set("input.max-bytes", "2000"));
        app.awaitRunning();
        browser = new Browser(chromium, directory);
    }

    private static StreamsApp start(SettingsReader settings) throws InterruptedException {
        FakeLoader loader = new FakeLoader(() -> new FakeClassifier(Duration.ofMillis(5)));
        return StreamsApp.start(settings.read(), loader.configured(), loader, event -> {});
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable started : new AutoCloseable[] {browser, app, cluster}) {
            if (started != null) {
                started.close();
            }
        }
    }

    /** Whatever else a test looks at: the page asks nobody but the app, and nothing goes wrong in it. */
    @AfterEach
    void nothingWentWrong() {
        for (Tab tab : tabs) {
            assertThat(tab.complaints()).isEmpty();
            assertThat(tab.requests()).isNotEmpty().allMatch(url -> url.startsWith("http://localhost:"));
            tab.close();
        }
    }

    private Tab open(int port, int width, int height) {
        Tab tab = browser.tab().size(width, height).open("http://localhost:" + port + "/");
        tabs.add(tab);
        tab.awaitText("#state-name", "Running"::equals);
        return tab;
    }

    private Tab open() {
        return open(app.httpPort(), 1280, 900);
    }

    private static int count(Tab tab, int label) {
        String figure = tab.text("#labels tr:nth-child(" + label + ") td:nth-child(2)");
        return Integer.parseInt(figure.replace(",", ""));
    }

    @Test
    void showsWhatTheAppDoesWithoutBeingAsked() throws Exception {
        Tab tab = open();
        assertThat(tab.text("#model") + "@" + tab.text("#version")).isEqualTo(FakeClassifier.MODEL);
        assertThat(tab.text("#route")).isEqualTo("page-inbound → page-ham, page-spam");
        await().atMost(LIMIT).until(() -> tab.text("#partitions").equals("4"));
        int before = count(tab, 1) + count(tab, 2);

        cluster.send(TEST, values("one", "two", "three", "four", "five", "six", "seven", "POISON in here"));

        await().atMost(LIMIT).until(() -> count(tab, 1) + count(tab, 2) >= before + 7);
        tab.awaitText("#dead", text -> text.contains("rejected"));
        tab.awaitText("#p99", text -> text.matches("[0-9.]+ m?s"));
        tab.awaitText("#per-second", text -> text.matches("[0-9.]+"));
        await().atMost(LIMIT)
                .until(() -> tab.eval("document.querySelector('#throughput-chart .rate').getAttribute('d')")
                        .textValue()
                        .contains("L"));
        assertThat(tab.eval("document.querySelector('#latency-chart svg').ariaLabel")
                        .textValue())
                .matches("Latency, the last five minutes: p50 at most [0-9.]+ m?s, last .*; p99 at most .*");
    }

    @Test
    void givesATypedMessageItsVerdictByKeyboardAlone() throws Exception {
        String text = "typed by hand £5 🎉";
        Tab tab = open();
        tab.eval("document.querySelector('#text').focus()");

        tab.type(text);
        tab.press("Enter");

        tab.awaitText("#verdict .chip", FakeClassifier.label(text)::equals);
        assertThat(tab.text("#verdict")).contains("75.0 %").containsPattern("by (fake|tiny)@1, [0-9,]+ ms");
        tab.awaitText("#messages tr td:nth-child(3)", text::equals);
        assertThat(cluster.read(List.of("page-inbound")).stream().map(PageIT::value))
                .contains(text);
        assertThat(cluster.read(outputs(TEST)).stream().map(PageIT::value))
                .anyMatch(value -> value.startsWith("{\"text\":\"typed by hand £5 "));
        assertThat(tab.eval("document.activeElement.id").textValue()).isEqualTo("text");
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    @Test
    void saysWhyATypedMessageHasNoVerdict() {
        Tab tab = open();
        tab.eval("document.querySelector('#text').focus()");

        tab.type("POISON");
        tab.press("Enter");
        tab.awaitText("#verdict", text -> text.startsWith("dead letter") && text.contains("rejected: "));
        tab.type("x".repeat(3_000));
        tab.press("Enter");

        tab.awaitText("#verdict", text -> text.contains("too-large: 3000 bytes, more than input.max-bytes=2000"));
        tab.type("x".repeat(500_000));
        tab.press("Enter");

        tab.awaitText("#verdict", "The message is too long."::equals);
        // The browser itself notes the answer's status.
        assertThat(tab.complaints()).hasSize(1).allMatch(complaint -> complaint.contains("413"));
        tabs.remove(tab);
        tab.close();
    }

    /** A name that any site could give this machine. Chromium itself knows where names below localhost are. */
    @Test
    void saysWhyItIsRefused() throws Exception {
        Tab tab = browser.tab().open("http://sms.localhost:" + app.httpPort() + "/");

        tab.awaitText("#connecting", text -> text.startsWith("Not by this host name (expected: localhost"));

        assertThat(tab.text("#state-name")).isEqualTo("Refused");
        tab.close();
    }

    @Test
    void takesNoMessageWhereItMayOnlyShowThem() throws Exception {
        String test = "shown";
        cluster.createTopics(test);
        try (StreamsApp shown = start(cluster.reader(test).set("http.show-messages", "true"))) {
            shown.awaitRunning();
            Tab tab = open(shown.httpPort(), 1280, 900);

            cluster.send(test, values("one"));

            tab.awaitText("#messages tr td:nth-child(3)", "one"::equals);
            assertThat(tab.text("#try")).isEmpty();
            assertThat(AppProcess.get(shown.httpPort(), "/api/messages")).isEqualTo("not found\n");
            nothingWentWrong();
            tabs.clear();
        }
    }

    @Test
    void showsAHostileMessageAsText() throws Exception {
        Tab tab = open();

        cluster.send(TEST, values(HOSTILE));
        tab.eval("document.querySelector('#text').focus()");
        tab.type(HOSTILE);
        tab.press("Enter");

        tab.awaitText("#verdict .chip", label -> !label.isEmpty());
        await().atMost(LIMIT)
                .until(() -> tab.eval("[...document.querySelectorAll('#messages td:nth-child(3)')]"
                                        + ".filter(cell => cell.textContent.startsWith('<img src=x')).length")
                                .intValue()
                        == 2);
        String shown = tab.eval("[...document.querySelectorAll('#messages td:nth-child(3)')].map(cell =>"
                        + " cell.textContent).find(text => text.startsWith('<img'))")
                .textValue();
        assertThat(shown).isEqualTo(HOSTILE);
        assertThat(tab.eval("document.querySelectorAll('main img, main script, main b').length")
                        .intValue())
                .isZero();
    }

    @Test
    void canBeUsedByKeyboard() {
        Tab tab = open();
        List<String> order = new ArrayList<>();
        List<String> outlines = new ArrayList<>();

        for (int i = 0; i < 10; i++) {
            tab.press("Tab");
            order.add(tab.eval("(document.activeElement.id || document.activeElement.className"
                            + " || document.activeElement.textContent).trim()")
                    .textValue());
            outlines.add(tab.eval("getComputedStyle(document.activeElement).outlineStyle")
                    .textValue());
        }

        assertThat(order)
                .containsExactly(
                        "pause",
                        "text",
                        "send",
                        "link",
                        "link",
                        "link",
                        "scroll",
                        "Status as JSON",
                        "Metrics",
                        "Readiness");
        assertThat(outlines).containsOnly("solid");
    }

    @Test
    void pausesAndResumes() {
        Tab tab = open();

        tab.press("Tab");
        tab.press("Enter");
        tab.awaitText("#state-name", "Paused"::equals);
        String uptime = tab.text("#uptime");
        tab.press("Enter");

        tab.awaitText("#state-name", "Running"::equals);
        tab.awaitText("#uptime", text -> !text.equals(uptime));
        assertThat(tab.text("#announcer")).isEqualTo("Running");
    }

    @Test
    void namesItsPartsToScreenReaders() {
        Tab tab = open();

        List<String> parts = tab.accessible();

        assertThat(parts)
                .contains(
                        "heading smsieve",
                        "button Pause",
                        "textbox Message",
                        "button Classify",
                        "region Latest messages",
                        "region Throughput",
                        "region Dead letters",
                        "region Model swaps",
                        "columnheader Share",
                        "columnheader Messages");
        assertThat(parts).anyMatch(part -> part.startsWith("image Throughput, the last five minutes: "));
        assertThat(parts).doesNotContain("button", "link", "textbox", "region", "image", "columnheader");
    }

    @Test
    void showsWhatBecameOfAnnouncedModels() throws Exception {
        Registry registry = new Registry(directory.resolve("registry"), Optional.empty());
        Path wrong = TinyBundle.of("tiny", "2", 2).writeWithWrongLogits(directory.resolve("wrong"));
        Tab tab = open();

        cluster.modelTopics(TEST).announce(registry.add(wrong).announcement(Instant.now()), LIMIT);

        tab.awaitText("#swaps tr td:nth-child(2)", "refused"::equals);
        assertThat(tab.text("#swaps tr td:nth-child(3)")).isEqualTo("tiny@2");
        assertThat(tab.text("#swaps tr td:nth-child(4)")).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "768, light", "360, light", "360, dark"})
    void fitsTheScreen(int width, String colours) throws Exception {
        List<byte[]> messages = new ArrayList<>(DemoMessages.builtIn().subList(0, 60));
        messages.add("https://example.com/a-very-long-address-without-a-break"
                .repeat(4)
                .getBytes(StandardCharsets.UTF_8));
        messages.add("x".repeat(2_001).getBytes(StandardCharsets.UTF_8));
        messages.add(new byte[] {(byte) 0xff});
        messages.add("the last".getBytes(StandardCharsets.UTF_8));
        Tab tab = open(app.httpPort(), width, 900);
        tab.prefer("prefers-color-scheme", colours);

        for (byte[] message : messages) {
            cluster.send(TEST, message);
        }

        tab.awaitText("#messages tr td:nth-child(3)", "the last"::equals);
        tab.eval("[...document.querySelectorAll('#messages .chip')].find(chip => chip.textContent === 'too-large')"
                + ".textContent = '" + DeadLetterReason.TEXT_NOT_A_STRING.tag() + "'");
        assertThat(tab.eval("Math.max(...[...document.querySelectorAll('#messages .chip')].map(chip =>"
                                + " chip.getClientRects()[0].height))")
                        .doubleValue())
                .as("the height of a verdict, of one line")
                .isLessThan(30);
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        assertThat(tab.eval("document.documentElement.scrollWidth").intValue()).isLessThanOrEqualTo(width);
        tab.screenshot(PICTURES.resolve(width + "-" + colours + ".png"));
    }

    @Test
    void showsNoTextWhereItMayNot() throws Exception {
        String test = "silent";
        String secret = "the code is 493-117";
        cluster.createTopics(test);
        try (StreamsApp silent = start(cluster.reader(test))) {
            silent.awaitRunning();
            int port = silent.httpPort();
            Tab tab = open(port, 1280, 900);

            cluster.send(test, values(secret, secret, secret));

            await().atMost(LIMIT).until(() -> count(tab, 1) + count(tab, 2) == 3);
            assertThat(tab.eval("document.documentElement.outerHTML").textValue())
                    .doesNotContain("493-117");
            assertThat(tab.text("#try")).isEmpty();
            assertThat(tab.text("#latest")).isEmpty();
            for (String path : List.of("/api/status", "/metrics")) {
                assertThat(AppProcess.get(port, path)).doesNotContain("493-117");
            }
            assertThat(AppProcess.get(port, "/api/messages")).isEqualTo("not found\n");
            tab.screenshot(PICTURES.resolve("silent.png"));
            // Before the app's end, of which the page would complain.
            nothingWentWrong();
            tabs.clear();
        }
    }

    @Test
    void saysThatTheAppIsGone() throws Exception {
        String test = "gone";
        cluster.createTopics(test);
        Tab tab;
        try (StreamsApp gone = start(cluster.reader(test))) {
            gone.awaitRunning();
            tab = open(gone.httpPort(), 1280, 900);
        }

        tab.awaitText("#state-name", "No connection"::equals);

        assertThat(tab.text("#announcer")).isEqualTo("No connection");
        tabs.remove(tab);
        tab.close();
    }
}
