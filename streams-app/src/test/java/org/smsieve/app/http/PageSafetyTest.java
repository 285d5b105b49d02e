package org.smsieve.app.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.app.config.AppConfig.Http;
import org.smsieve.app.live.Recent;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.Inbound.Message;

/** What the page's server does to clients that mean no good, over plain sockets: a browser would be better behaved. */
@Timeout(60)
class PageSafetyTest {
    private static final String JSON = "Content-Type: application/json\r\n";

    private final Recent recent = new Recent(true);
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    private volatile RoundTrip.Outcome outcome = new RoundTrip.Labelled("spam", "0.9", "m@1", 7);
    private final HttpEndpoint endpoint = new HttpEndpoint(
            new Http("127.0.0.1", 0, true, true),
            new HttpEndpoint.Sources(
                    () -> "", () -> "{\"state\":\"RUNNING\"}\n", () -> true, () -> true, recent, Optional.of(text -> {
                        sent.add(text);
                        return outcome;
                    })));
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        endpoint.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.port());
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private Socket request(String head) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(head.getBytes(UTF_8));
        socket.getOutputStream().flush();
        return socket;
    }

    /** The whole answer to a request whose connection is closed after it. */
    private String answer(String method, String path, String headers, String body) throws IOException {
        int length = body.getBytes(UTF_8).length;
        String head = method + " " + path + " HTTP/1.1\r\nConnection: close\r\nContent-Length: " + length + "\r\n";
        try (Socket socket = request(head + headers + "\r\n" + body)) {
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private String post(String headers, String body) throws IOException {
        return answer("POST", "/api/messages", headers, body);
    }

    private String host() {
        return "Host: localhost:" + endpoint.port() + "\r\n";
    }

    private String origin(String scheme) {
        return "Origin: " + scheme + "://localhost:" + endpoint.port() + "\r\n";
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.substring(9, 12));
    }

    @Test
    void takesAMessageFromItsOwnPage() throws Exception {
        String answer =
                post(host() + origin("http") + "Sec-Fetch-Site: same-origin\r\n" + JSON, "{\"text\":\"win £5\"}");

        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .endsWith("{\"label\":\"spam\",\"score\":\"0.9\",\"model\":\"m@1\",\"millis\":7}\n");
        assertThat(sent).containsExactly("win £5");
    }

    @Test
    void takesAMessageBehindAProxyAndFromAProgram() throws Exception {
        assertThat(status(post(host() + origin("https") + JSON, "{\"text\":\"\"}")))
                .isEqualTo(200);
        assertThat(status(post("Host: 10.0.0.7:80\r\n" + JSON, "{\"text\":\"a\"}")))
                .isEqualTo(200);
        assertThat(status(post("Host: [::1]:80\r\n" + JSON, "{\"text\":\"a\"}")))
                .isEqualTo(200);
    }

    /** That sends its own Host: the browser knows where it is, and says so. */
    @Test
    void takesAMessageBehindAProxyThatSendsLocalhost() throws Exception {
        String headers = host() + "Origin: https://sms.example\r\nSec-Fetch-Site: same-origin\r\n" + JSON;

        assertThat(status(post(headers, "{\"text\":\"a\"}"))).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: rebound.example:8080\r\n",
                "Host: localhost.rebound.example\r\n",
                "Host: 127.0.0.1.rebound.example\r\n",
                "Host: localhost\r\nHost: rebound.example\r\n",
                "",
                "Host: localhost\r\nOrigin: http://other.example\r\n",
                "Host: localhost\r\nOrigin: null\r\n",
                "Host: localhost:80\r\nOrigin: http://localhost:81\r\n",
                "Host: localhost\r\nOrigin: %%%\r\n",
                "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n",
                "Host: localhost\r\nSec-Fetch-Site: same-site\r\n"
            })
    void refusesOtherSites(String headers) throws Exception {
        String refusal = post(headers + JSON, "{\"text\":\"a\"}");

        assertThat(refusal).startsWith("HTTP/1.1 403").contains("application/json", "{\"error\":\"Not ");
        assertThat(answer("GET", "/api/events", headers, ""))
                .startsWith("HTTP/1.1 403")
                .contains("text/plain", "\r\n\r\nNot ");
        assertThat(sent).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "415; text/plain; {\"text\":\"a\"}",
                "415; application/x-www-form-urlencoded; {\"text\":\"a\"}",
                "415; application/jsonp; {\"text\":\"a\"}",
                "400; application/json; {\"text\":",
                "400; application/json; {\"text\":7}",
                "400; application/json; {}",
                "400; application/json; []",
                "400; application/json; ''",
                "400; application/json; {\"text\":\"a\"} {}",
                "400; application/json; {\"text\":\"a\"} b",
                "400; application/json; {\"text\":\"half of \\ud83c\"}",
                "200; Application/JSON;charset=utf-8"
            })
    void takesNothingButJsonWithAText(int status, String type, String body) throws Exception {
        boolean parameter = status == 200;
        String contentType = parameter ? type + ";" + body : type;
        String answer = post(host() + "Content-Type: " + contentType + "\r\n", parameter ? "{\"text\":\"a\"}" : body);

        assertThat(status(answer)).isEqualTo(status);
    }

    @Test
    void takesNoLongMessage() throws Exception {
        String escaped = "{\"text\":\"" + "\\u0041".repeat(65_536) + "\"}";
        String longest = escaped + " ".repeat(MessageHandler.MAX_BODY_BYTES - escaped.length());

        assertThat(status(post(host() + JSON, longest))).isEqualTo(200);
        assertThat(sent).containsExactly("A".repeat(65_536));
        assertThat(status(post(host() + JSON, longest + " "))).isEqualTo(413);
    }

    @Test
    void takesNothingThatIsNotUtf8() throws Exception {
        String head = "POST /api/messages HTTP/1.1\r\nConnection: close\r\nContent-Length: 12\r\n" + host() + JSON;
        try (Socket socket = request(head + "\r\n{\"text\":\"")) {
            socket.getOutputStream().write(new byte[] {(byte) 0xff, '"', '}'});

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(sent).isEmpty();
    }

    @Test
    void saysWhatBecameOfAMessage() throws Exception {
        outcome = new RoundTrip.DeadLettered("rejected: x", 5);
        assertThat(post(host() + JSON, "{\"text\":\"a\"}")).endsWith("{\"deadLetter\":\"rejected: x\",\"millis\":5}\n");
        outcome = new RoundTrip.Failed("No verdict");
        assertThat(post(host() + JSON, "{\"text\":\"a\"}"))
                .startsWith("HTTP/1.1 504")
                .endsWith("{\"error\":\"No verdict\"}\n");
        outcome = new RoundTrip.Busy();
        assertThat(status(post(host() + JSON, "{\"text\":\"a\"}"))).isEqualTo(429);
    }

    @Test
    void forbidsBrowsersWhatThePageDoesNotDo() throws Exception {
        for (String path : List.of("/", "/app.js", "/style.css", "/api/status", "/nothing")) {
            assertThat(answer("GET", path, host(), ""))
                    .containsIgnoringCase("Content-Security-Policy: default-src 'none'; script-src 'self';")
                    .doesNotContain("unsafe")
                    .containsIgnoringCase("X-Content-Type-Options: nosniff")
                    .doesNotContainIgnoringCase("Access-Control-Allow");
        }
    }

    @Test
    void doesNotSendAFileTwice() throws Exception {
        String first = answer("GET", "/app.js", host(), "");
        String tag = first.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("etag: "))
                .findFirst()
                .orElseThrow()
                .substring(6);

        assertThat(status(answer("GET", "/app.js", host() + "If-None-Match: " + tag + "\r\n", "")))
                .isEqualTo(304);
        assertThat(status(answer("GET", "/app.js", host() + "If-None-Match: \"other\"\r\n", "")))
                .isEqualTo(200);
    }

    private BufferedReader listen() throws IOException {
        Socket socket = request("GET /api/events HTTP/1.1\r\n" + host() + "\r\n");
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    @Test
    void tellsListenersWhatIsNew() throws Exception {
        BufferedReader events = listen();
        recent.labelled(Message.ofText("<b>hi</b>\nyou"), new Verdict("ham", Map.of("ham", 1.0), "m@1", 2, false), 0);

        String lines = events.lines().takeWhile(line -> !line.contains("<b>hi")).collect(Collectors.joining("\n"));

        assertThat(lines).contains("event: history", "event: status", "{\"state\":\"RUNNING\"}", "event: messages");
        assertThat(lines).contains("Transfer-encoding: chunked").contains("text/event-stream");
    }

    @Test
    void boundsTheNumberOfListenersAndGivesTheirPlacesBack() throws Exception {
        for (int i = 0; i < EventStreams.LISTENERS; i++) {
            assertThat(listen().readLine()).startsWith("HTTP/1.1 200");
        }
        assertThat(listen().readLine()).startsWith("HTTP/1.1 503");

        sockets.get(0).close();

        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> listen().readLine().startsWith("HTTP/1.1 200"));
    }

    @Test
    void answersTheHealthChecksWhateverStalls() throws Exception {
        for (int i = 0; i < EventStreams.LISTENERS; i++) {
            listen();
        }
        for (int i = 0; i < 40; i++) {
            // The rest never comes.
            request("POST /api/messages HTTP/1.1\r\n" + host() + JSON + "Content-Length: 500\r\n\r\n{");
        }
        for (int i = 0; i < 200; i++) {
            request("GET /metrics HTTP/1.1\r\nHost: loc");
        }
        long before = System.nanoTime();

        String answer = answer("GET", "/health/live", host(), "");

        assertThat(status(answer)).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void endsTheStreamsWhenItIsClosed() throws Exception {
        BufferedReader events = listen();
        assertThat(events.readLine()).startsWith("HTTP/1.1 200");

        endpoint.close();

        try {
            assertThat(events.lines().count()).isNotNegative();
        } catch (UncheckedIOException e) {
            assertThat(e).hasCauseInstanceOf(SocketException.class);
        }
    }
}
