package org.smsieve.app.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.live.LatestMessage;
import org.smsieve.app.live.Recent;
import org.smsieve.app.live.Sample;

/**
 * The live part of the page: takes a sample of the figures once a second, and tells it to all who listen. Each listener
 * has a thread, which takes the news of the moment when the listener has taken those before: a slow one misses some and
 * holds up nobody, a stalled one is let go. Their number is bounded.
 */
final class EventStreams implements HttpHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    /** A browser opens six connections to a host at most, and the page closes its own when it is hidden. */
    static final int LISTENERS = 32;

    /** How long a listener may take to read what is sent once a second. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Recent recent;
    private final Supplier<String> status;
    private final TimeLimit limit;
    private final ThreadPoolExecutor listeners;
    private final ScheduledExecutorService ticks;
    private News news = new News(0, "", "", 0);
    private boolean closed;

    /** What there is to tell of one second; the messages apart, since they are told only when there are new ones. */
    private record News(long number, String figures, String messages, long lastMessage) {}

    EventStreams(Recent recent, Supplier<String> status, TimeLimit limit) {
        this.recent = recent;
        this.status = status;
        this.limit = limit;
        listeners = new ThreadPoolExecutor(
                0, LISTENERS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemons.named("smsieve-http-events"));
        ticks = Executors.newSingleThreadScheduledExecutor(Daemons.named("smsieve-http-figures"));
        // At a fixed rate a pause would be made up for, by samples of no time at all.
        ScheduledFuture<?> unused = ticks.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    private void tick() {
        try {
            Sample sample = recent.sample();
            if (listeners.getActiveCount() > 0) {
                publish(sample);
            }
        } catch (RuntimeException e) {
            // An exception would end the ticks for good.
            LOG.warn("the page is not told of the last second: {}", e.toString());
        }
    }

    private void publish(Sample sample) {
        String figures = PageEvents.sample(sample) + PageEvents.status(status.get());
        List<LatestMessage> messages = recent.messages();
        long last = messages.isEmpty() ? 0 : messages.get(0).number();
        String told = PageEvents.messages(messages);
        synchronized (this) {
            news = new News(news.number() + 1, figures, told, last);
            notifyAll();
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try {
            listeners.execute(() -> listen(exchange));
        } catch (RejectedExecutionException e) {
            exchange.getResponseHeaders().set("Retry-After", "10");
            Answers.send(exchange, Answers.UNAVAILABLE, Answers.TEXT, "too many listen already\n");
        }
    }

    private void listen(HttpExchange exchange) {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
            List<LatestMessage> messages = recent.messages();
            String opening = "retry: 2000\n\n" + PageEvents.history(recent.samples()) + PageEvents.status(status.get())
                    + PageEvents.messages(messages);
            limit.run(PATIENCE, () -> {
                exchange.sendResponseHeaders(Answers.OK, 0);
                write(exchange.getResponseBody(), opening);
            });
            long told = current().number();
            long lastMessage = messages.isEmpty() ? 0 : messages.get(0).number();
            while (true) {
                News next = after(told);
                if (next == null) {
                    return;
                }
                String text = next.lastMessage() == lastMessage ? next.figures() : next.figures() + next.messages();
                limit.run(PATIENCE, () -> write(exchange.getResponseBody(), text));
                told = next.number();
                lastMessage = next.lastMessage();
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            // The listener has gone, was too slow, or the app ends.
            LOG.debug("a listener has gone: {}", e.toString());
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private synchronized News current() {
        return news;
    }

    /** News after those of a number; null at the end. */
    private synchronized News after(long number) throws InterruptedException {
        while (!closed && news.number() == number) {
            wait();
        }
        return closed ? null : news;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        ticks.shutdownNow();
        listeners.shutdownNow();
    }
}
