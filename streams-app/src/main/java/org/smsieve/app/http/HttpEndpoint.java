package org.smsieve.app.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.smsieve.app.config.AppConfig.Http;
import org.smsieve.command.UserException;

/**
 * Serves {@code /metrics} in Prometheus' text format, {@code /api/status} in JSON, {@code /health/live} (200 unless the
 * app is lost) and {@code /health/ready} (200 while it processes records); a health that is not given answers 503.
 * Closing it frees the port.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;

    static {
        // Seconds that a request and its answer may take: a client that stalls must not hold up the health checks.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "smsieve-http");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Starts to serve.
     *
     * @throws UserException if the port is in use, or the host is not of this machine
     */
    public HttpEndpoint(
            Http http, Supplier<String> metrics, Supplier<String> status, BooleanSupplier live, BooleanSupplier ready) {
        InetSocketAddress address = new InetSocketAddress(http.host(), http.port());
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new UserException(
                    "http.port: " + http.port() + " on " + http.host() + " (expected: a free port of this machine; "
                            + e.getMessage() + ")",
                    e);
        }
        server.createContext("/", exchange -> answer(exchange, NOT_FOUND, TEXT, "not found\n"));
        server.createContext("/metrics", exchange -> answer(exchange, OK, METRICS, metrics.get()));
        server.createContext("/api/status", exchange -> answer(exchange, OK, "application/json", status.get()));
        server.createContext("/health/live", health(live));
        server.createContext("/health/ready", health(ready));
        server.setExecutor(threads);
        server.start();
    }

    /** The port it serves on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private static HttpHandler health(BooleanSupplier health) {
        return exchange -> {
            boolean healthy = health.getAsBoolean();
            answer(exchange, healthy ? OK : UNAVAILABLE, TEXT, healthy ? "ok\n" : "not ok\n");
        };
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            boolean read = method.equals("GET") || method.equals("HEAD");
            byte[] bytes = (read ? body : "GET or HEAD only\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            if (method.equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
            } else {
                exchange.sendResponseHeaders(read ? status : METHOD_NOT_ALLOWED, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
