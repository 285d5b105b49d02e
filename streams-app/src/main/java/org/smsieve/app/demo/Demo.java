package org.smsieve.app.demo;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.smsieve.app.broker.EmbeddedBroker;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.app.stream.StreamsApp;
import org.smsieve.app.swap.SwapEvent;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.command.Commands;
import org.smsieve.command.UserException;

/**
 * A broker and the app in this process, a client that sends messages and one that prints verdicts. Used by one thread,
 * but {@link #close} by any, at any time: it ends what has been started.
 */
public final class Demo implements AutoCloseable {
    private final PrintWriter out;
    private final PrintWriter err;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private boolean closed;

    /**
     * A demo that is not started.
     *
     * @param out for verdicts and figures
     * @param err for progress
     */
    public Demo(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the demo: to its end when {@code once}, else until it is closed.
     *
     * @param messages what to send, a message each
     * @param loader opens models; called on other threads
     * @param httpPort for metrics and health; 0: any free one
     * @param kafkaPort for the broker; 0: any free one
     * @throws UserException if a port is in use, or the app fails
     */
    public void run(List<byte[]> messages, ModelLoader loader, int httpPort, int kafkaPort, boolean once)
            throws InterruptedException {
        err.println("Starting a Kafka broker and loading the model …");
        CompletableFuture<BatchClassifier> loading = CompletableFuture.supplyAsync(loader::configured);
        String servers = keep(EmbeddedBroker.start(kafkaPort)).bootstrapServers();
        AppConfig config = new SettingsReader()
                .set("kafka.bootstrap.servers", servers)
                .set("topics.create", "true")
                .set("http.port", Integer.toString(httpPort))
                // What runs here is for looking at.
                .set("http.show-messages", "true")
                .set("http.accept-messages", "true")
                .read();
        BatchClassifier classifier = result(loading);
        List<String> labels = classifier.labels();
        DemoFigures figures = new DemoFigures(messages.size());
        // On one thread of its own, one round after the other.
        ExecutorService rounds = Executors.newSingleThreadExecutor(DemoFeed::daemon);
        keep(rounds::shutdownNow);
        Runnable round = () -> DemoFeed.send(servers, config.topics().input(), messages, figures);
        StreamsApp app = keep(StreamsApp.start(config, classifier, loader, event -> {
            if (event.outcome() == SwapEvent.Outcome.SWAPPED) {
                err.println("The model is now " + event.model() + ". The same messages once more:");
                rounds.execute(round);
            }
        }));
        app.awaitRunning();
        List<String> outputs = config.topics().all(labels).stream()
                .filter(topic -> !topic.equals(config.topics().input()))
                .toList();
        VerdictPrinter printer = new VerdictPrinter(out, config.topics().deadLetter(), figures::received);
        keep(new VerdictReader(servers, outputs, records -> records.forEach(printer::print)));
        result(CompletableFuture.runAsync(round, rounds));
        result(CompletableFuture.anyOf(figures.complete(), app.ended()));
        figures.print(out);
        if (!once) {
            hint(servers, app.httpPort());
            result(app.ended());
        }
    }

    private void hint(String servers, int httpPort) {
        err.println("See it work at http://127.0.0.1:" + httpPort + "/, and try messages of your own there.");
        err.println("Kafka is at " + servers + ", metrics are at http://127.0.0.1:" + httpPort + "/metrics.");
        err.println("Send messages of your own with");
        err.println("  echo 'You have won a prize, text WIN to 80082' | kcat -P -b " + servers + " -t sms-inbound");
        err.println("  kafka-console-producer.sh --bootstrap-server " + servers + " --topic sms-inbound");
        err.println("and read what comes out with kcat -C -b " + servers
                + " -t sms-spam. A model of your own takes over by");
        err.println("  " + Commands.launcher() + " train --base mini --data FILE --output my-model --publish");
        err.println("Ctrl-C ends the demo.");
        err.flush();
    }

    private static <T> T result(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Has what is started closed in its turn, or at once if the demo was closed meanwhile. */
    private synchronized <T extends AutoCloseable> T keep(T resource) throws InterruptedException {
        started.push(resource);
        if (closed) {
            close();
            throw new InterruptedException("closed");
        }
        return resource;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                err.println("smsieve: " + e);
            }
        }
    }
}
