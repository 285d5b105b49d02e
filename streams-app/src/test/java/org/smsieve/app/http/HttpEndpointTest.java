package org.smsieve.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.app.config.AppConfig.Http;
import org.smsieve.app.live.Recent;
import org.smsieve.command.UserException;

class HttpEndpointTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicBoolean ready = new AtomicBoolean();
    private final HttpEndpoint.Sources sources = new HttpEndpoint.Sources(
            registry::scrape, () -> "{}", () -> true, ready::get, new Recent(false), Optional.empty());
    private final HttpEndpoint endpoint = new HttpEndpoint(new Http("127.0.0.1", 0, false, false), sources);

    @AfterEach
    void close() {
        endpoint.close();
    }

    private HttpResponse<String> request(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.port() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void servesTheMetrics() throws Exception {
        registry.counter("tests").increment();

        assertThat(request("GET", "/metrics").body().lines()).contains("tests_total 1.0");
    }

    @Test
    void answersWithTheHealthOfTheApp() throws Exception {
        assertThat(request("GET", "/health/live").statusCode()).isEqualTo(200);
        assertThat(request("GET", "/health/ready").statusCode()).isEqualTo(503);

        ready.set(true);

        assertThat(request("GET", "/health/ready").statusCode()).isEqualTo(200);
        assertThat(request("HEAD", "/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void refusesOtherPathsAndMethods() throws Exception {
        assertThat(request("GET", "/nothing").statusCode()).isEqualTo(404);
        assertThat(request("POST", "/metrics").statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nosuchhost.invalid", "192.0.2.1"})
    void saysThatTheHostIsNotThisMachine(String host) {
        Http elsewhere = new Http(host, 0, false, false);

        assertThatThrownBy(() -> new HttpEndpoint(elsewhere, sources))
                .isInstanceOf(UserException.class)
                .hasMessage("http.host: " + host + " (expected: a name or an address of this machine)");
    }

    @Test
    void saysThatThePortIsInUse() {
        Http taken = new Http("127.0.0.1", endpoint.port(), false, false);

        assertThatThrownBy(() -> new HttpEndpoint(taken, sources))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("http.port: " + endpoint.port() + " on 127.0.0.1 (expected: a free port");
    }
}
