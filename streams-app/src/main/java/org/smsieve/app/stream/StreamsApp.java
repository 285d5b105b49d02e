package org.smsieve.app.stream;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.config.KafkaSettings;
import org.smsieve.app.http.HttpEndpoint;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.EngineFailedException;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.app.swap.HotSwap;
import org.smsieve.app.swap.ShadowSlot;
import org.smsieve.app.swap.SwapEvent;
import org.smsieve.app.topology.Intake;
import org.smsieve.app.topology.SmsTopology;
import org.smsieve.app.topology.StreamsProperties;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.command.UserException;
import org.smsieve.registry.ModelTopics;
import org.smsieve.text.Tokenizer;

/**
 * The app in one process: engine, stream threads, HTTP. It runs from {@link #start} until it fails or is closed, and
 * then does not start again. Its methods may be called by any thread.
 */
public final class StreamsApp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsApp.class);

    /** Any working model classifies this. */
    private static final String CANARY = "Hi, are we still on for tonight?";

    private final Duration shutdownLimit;
    private final MicroBatcher engine;
    private final HotSwap hotSwap;
    private final KafkaStreams streams;
    private final HttpEndpoint http;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private StreamsApp(
            AppConfig config,
            Topology topology,
            StreamsConfig streamsConfig,
            MicroBatcher engine,
            HotSwap hotSwap,
            Supplier<String> metrics) {
        shutdownLimit = config.shutdownTimeout();
        this.engine = engine;
        this.hotSwap = hotSwap;
        streams = new KafkaStreams(topology, streamsConfig);
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener(this::stateChanged);
        try {
            http = new HttpEndpoint(config.http(), metrics, this::status, this::isLive, this::isReady);
        } catch (UserException e) {
            streams.close();
            throw e;
        }
        streams.start();
    }

    /**
     * Checks the cluster and starts the app.
     *
     * @param classifier the model that the settings name; closed with the app, or when the app does not start
     * @param loader loads the models that are announced
     * @param swaps is told what becomes of those, on any thread
     * @throws UserException if the model does not work, the brokers are out of reach, topics are missing, a setting of
     *     Kafka is wrong or the HTTP port is in use
     */
    public static StreamsApp start(
            AppConfig config, BatchClassifier classifier, ModelLoader loader, Consumer<SwapEvent> swaps)
            throws InterruptedException {
        List<String> labels = config.topics().labels(classifier.labels());
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AppMetrics metrics = new AppMetrics(registry, labels);
        ShadowSlot shadows = new ShadowSlot();
        Tokenizer tokenizer = Tokenizer.gpt2();
        MicroBatcher engine;
        try {
            engine = MicroBatcher.start(
                    classifier, tokenizer.encode(CANARY), config.batch(), (messages, verdicts, nanos) -> {
                        metrics.classified(messages, verdicts, nanos);
                        shadows.classified(messages, verdicts, nanos);
                    });
        } catch (EngineFailedException e) {
            throw new UserException("model " + classifier.model() + ": does not work (" + e.getMessage() + ")", e);
        }
        HotSwap hotSwap = null;
        try {
            metrics.watchInFlight(engine::inFlight);
            Intake intake = new Intake(config.input(), tokenizer, engine, metrics);
            StreamsConfig streamsConfig = StreamsProperties.of(config, intake);
            ModelTopics modelTopics = StreamsProperties.modelTopics(config, streamsConfig);
            new ClusterCheck(streamsConfig.getAdminConfigs("smsieve-check"), config.startTimeout())
                    .run(config.topics().all(labels), config.topics());
            if (config.topics().create()) {
                modelTopics.create(modelTopics.names(), config.startTimeout());
            }
            Topology topology = SmsTopology.build(
                    config.topics(), labels, intake, config.output(), StreamsProperties.maxRequestBytes(streamsConfig));
            hotSwap = HotSwap.start(config, modelTopics, labels, loader, engine, shadows, metrics, swaps);
            return new StreamsApp(config, topology, streamsConfig, engine, hotSwap, registry::scrape);
        } catch (RuntimeException | InterruptedException e) {
            if (hotSwap != null) {
                hotSwap.close();
            }
            engine.close(config.shutdownTimeout());
            if (e instanceof KafkaException) {
                // Before the first record, Kafka's errors are about its settings.
                throw new UserException(
                        ConnectionFailure.of(e, config.kafka().values())
                                .orElseGet(() -> KafkaSettings.PREFIX + "*: " + root(e).getMessage()),
                        e);
            }
            throw e;
        }
    }

    /** Called on the stream thread that failed. */
    private StreamThreadExceptionResponse failed(Throwable error) {
        if (isOnlyTheTransactions(error)) {
            LOG.warn(
                    "a stream thread begins anew after its transaction failed: {}",
                    root(error).toString());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        failure.compareAndSet(null, error);
        if (streams.state().isRunningOrRebalancing()) {
            // The shutdown that the answer below asks for would stay in the group, and hold up its partitions.
            streams.close(leaveWithin(Duration.ZERO));
        }
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /**
     * Whether an error, which Streams takes for fatal, says no more than that a transaction cannot be committed. It is
     * what a broker that was away answers when it has given the transaction up meanwhile, and what the producer says
     * when the broker stays away: nothing is committed, so that another thread may do the same again.
     */
    static boolean isOnlyTheTransactions(Throwable error) {
        return Stream.iterate(error, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> cause instanceof InvalidTxnStateException
                        || cause instanceof TransactionAbortableException
                        || cause instanceof TimeoutException);
    }

    private static CloseOptions leaveWithin(Duration limit) {
        return CloseOptions.timeout(limit)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    }

    private void stateChanged(State now, State before) {
        LOG.info("{} -> {}", before, now);
        if (now == State.ERROR || now == State.NOT_RUNNING) {
            Throwable error = failure.get();
            if (error == null) {
                ended.complete(null);
            } else {
                ended.completeExceptionally(describe(error));
            }
        }
        if (now == State.RUNNING || ended.isDone()) {
            running.countDown();
        }
    }

    private static UserException describe(Throwable error) {
        Throwable root = root(error);
        String what = root instanceof EngineFailedException ? root.getMessage() : sending(error) + root;
        return new UserException("stopped, with the offsets of what is not labelled uncommitted: " + what, error);
    }

    /** Which topic does not take a record: one of the causes has a line on it. Empty for another error. */
    private static String sending(Throwable error) {
        return Stream.iterate(error, Objects::nonNull, Throwable::getCause)
                .flatMap(cause -> String.valueOf(cause.getMessage()).lines())
                .filter(line -> line.startsWith("Error encountered sending record to topic "))
                .findFirst()
                .map(line -> line + " ")
                .orElse("");
    }

    private static Throwable root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && !(root instanceof EngineFailedException)) {
            root = root.getCause();
        }
        return root;
    }

    /** Whether the app processes records, with no rebalance going on. */
    public boolean isReady() {
        return streams.state() == State.RUNNING && !engine.hasEnded();
    }

    /** The state as JSON. */
    private String status() {
        return StatusPage.of(streams.state(), isReady(), engine.inFlight(), hotSwap.status());
    }

    private boolean isLive() {
        return !streams.state().hasCompletedShutdown() && failure.get() == null && !engine.hasEnded();
    }

    /** The port that metrics and health are served on. */
    public int httpPort() {
        return http.port();
    }

    /** Waits until the app processes records for the first time, or has ended before. */
    public void awaitRunning() throws InterruptedException {
        running.await();
    }

    /** Done when the app has ended: normally after {@link #close}, else with a {@link UserException} that says why. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * Waits until the app has ended.
     *
     * @throws UserException if it failed
     */
    public void awaitEnd() {
        try {
            ended.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof UserException cause ? cause : e;
        }
    }

    /**
     * Ends the app: what is forwarded is committed, the group is left. Takes {@code shutdown.timeout.ms} at most, or
     * twice that if the classifier does not return. If the stream threads do not end in time, the app has failed.
     */
    @Override
    public void close() {
        if (!streams.close(leaveWithin(shutdownLimit))) {
            ended.completeExceptionally(new UserException("shutdown.timeout.ms: " + shutdownLimit.toMillis()
                    + " ms passed before the end of the stream threads; what they had not committed is classified"
                    + " again after the next start"));
        }
        hotSwap.close();
        engine.close(shutdownLimit);
        http.close();
    }
}
