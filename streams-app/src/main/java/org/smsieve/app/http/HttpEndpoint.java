package org.smsieve.app.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.config.AppConfig.Http;
import org.smsieve.app.live.Recent;
import org.smsieve.command.UserException;

/**
 * Serves {@code /metrics} in Prometheus' text format, {@code /api/status} in JSON, {@code /health/live} (200 unless the
 * app is lost), {@code /health/ready} (200 while it processes records; a health that is not given answers 503), and at
 * {@code /} a page that shows all this live, by {@code /api/events}. Where messages are accepted, {@code /api/messages}
 * takes one. Closing it frees the port.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);

    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
    private static final Set<String> READ = Set.of("GET", "HEAD");

    /**
     * Each client that stalls holds a thread, up to the time limits: enough are left to answer the health checks. Idle
     * ones end, and one that waits takes little memory.
     */
    private static final int THREADS = 512;

    /** How long an answer may take, with the wait for a typed message's verdict. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    static {
        // Seconds that a request may take to come in: a client that stalls must not hold up the health checks.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        // Events are small and must not wait for the acknowledgement of those before.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final TimeLimit limit = new TimeLimit();
    private final EventStreams events;
    private final Map<String, Route> routes = new HashMap<>();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0, THREADS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemons.named("smsieve-http"));

    private record Route(Set<String> methods, HttpHandler handler) {}

    /** Tells a caller why it is refused. */
    private interface Refusal {
        void send(HttpExchange exchange, String why) throws IOException;
    }

    /**
     * What there is to serve.
     *
     * @param metrics in Prometheus' text format
     * @param status the state as one JSON object on one line
     * @param live whether the app runs or may still
     * @param ready whether it processes records
     * @param recent what has become of records of late
     * @param roundTrip takes typed messages; given where they are accepted
     */
    public record Sources(
            Supplier<String> metrics,
            Supplier<String> status,
            BooleanSupplier live,
            BooleanSupplier ready,
            Recent recent,
            Optional<RoundTrip> roundTrip) {}

    /**
     * Starts to serve.
     *
     * @throws UserException if the port is in use, or the host is not of this machine
     */
    public HttpEndpoint(Http http, Sources sources) {
        InetSocketAddress address = new InetSocketAddress(http.host(), http.port());
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            limit.close();
            String why = String.valueOf(e.getMessage());
            throw new UserException(
                    address.isUnresolved() || why.startsWith("Cannot assign requested address")
                            ? "http.host: " + http.host() + " (expected: a name or an address of this machine)"
                            : "http.port: " + http.port() + " on " + http.host()
                                    + " (expected: a free port of this machine; " + why + ")",
                    e);
        }
        events = new EventStreams(sources.recent(), sources.status(), limit);
        read("/", new PageFile("index.html", "text/html; charset=utf-8"));
        read("/style.css", new PageFile("style.css", "text/css; charset=utf-8"));
        read("/app.js", new PageFile("app.js", "text/javascript; charset=utf-8"));
        read("/chart.js", new PageFile("chart.js", "text/javascript; charset=utf-8"));
        read("/icon.svg", new PageFile("icon.svg", "image/svg+xml"));
        read(
                "/metrics",
                exchange -> Answers.send(
                        exchange, Answers.OK, METRICS, sources.metrics().get()));
        read(
                "/api/status",
                exchange -> Answers.send(
                        exchange, Answers.OK, Answers.JSON, sources.status().get()));
        read("/health/live", health(sources.live()));
        read("/health/ready", health(sources.ready()));
        Caller caller = new Caller(http.host());
        HttpHandler listening = http.showMessages()
                ? guarded(
                        caller,
                        events,
                        (exchange, why) -> Answers.send(exchange, Answers.FORBIDDEN, Answers.TEXT, why + "\n"))
                : events;
        routes.put("/api/events", new Route(Set.of("GET"), listening));
        sources.roundTrip().ifPresent(roundTrip -> {
            HttpHandler taking = guarded(
                    caller,
                    new MessageHandler(roundTrip),
                    (exchange, why) -> MessageHandler.refuse(exchange, Answers.FORBIDDEN, why));
            routes.put("/api/messages", new Route(Set.of("POST"), taking));
        });
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    private void read(String path, HttpHandler handler) {
        routes.put(path, new Route(READ, handler));
    }

    /** The port it serves on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        limit.run(ANSWER_LIMIT, () -> {
            try {
                route(exchange);
            } catch (RuntimeException e) {
                LOG.warn("HTTP: a request failed: {}", e.toString());
                Answers.send(exchange, Answers.BROKEN, Answers.TEXT, "not now\n");
            }
        });
    }

    private void route(HttpExchange exchange) throws IOException {
        Answers.protect(exchange);
        Route route = routes.get(exchange.getRequestURI().getPath());
        if (route == null) {
            Answers.send(exchange, Answers.NOT_FOUND, Answers.TEXT, "not found\n");
        } else if (!route.methods().contains(exchange.getRequestMethod())) {
            String allowed = String.join(", ", new TreeSet<>(route.methods()));
            exchange.getResponseHeaders().set("Allow", allowed);
            Answers.send(exchange, Answers.METHOD_NOT_ALLOWED, Answers.TEXT, allowed + " only\n");
        } else {
            route.handler().handle(exchange);
        }
    }

    /** Before texts of messages: not to another site, nor by a name that another site may have given this machine. */
    private static HttpHandler guarded(Caller caller, HttpHandler handler, Refusal refusal) {
        return exchange -> {
            if (!caller.meansThisApp(exchange)) {
                refusal.send(
                        exchange,
                        "Not by this host name (expected: localhost, an address, or the name in http.host; a proxy"
                                + " must send Host: localhost).");
            } else if (Caller.isAnotherSite(exchange)) {
                refusal.send(exchange, "Not for other sites.");
            } else {
                handler.handle(exchange);
            }
        };
    }

    private static HttpHandler health(BooleanSupplier health) {
        return exchange -> {
            boolean healthy = health.getAsBoolean();
            int status = healthy ? Answers.OK : Answers.UNAVAILABLE;
            Answers.send(exchange, status, Answers.TEXT, healthy ? "ok\n" : "not ok\n");
        };
    }

    @Override
    public void close() {
        events.close();
        server.stop(0);
        threads.shutdownNow();
        limit.close();
    }
}
