package org.smsieve.app.stream;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
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
import org.smsieve.app.http.RoundTrip;
import org.smsieve.app.live.Recent;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.metrics.PlatformMetrics;
import org.smsieve.app.metrics.StreamMetrics;
import org.smsieve.app.microbatch.EngineFailedException;
import org.smsieve.app.microbatch.MicroBatchListener;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.app.swap.HotSwap;
import org.smsieve.app.swap.ShadowSlot;
import org.smsieve.app.swap.SwapEvent;
import org.smsieve.app.topology.Intake;
import org.smsieve.app.topology.Remembered;
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
public final class StreamsApp implements AutoCloseable, StreamMetrics.Source {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsApp.class);

    /** Any working model classifies this. */
    private static final String CANARY = "Hi, are we still on for tonight?";

    /** How the producer begins to say that it does not know an answer to the end of a transaction. */
    private static final String END_UNKNOWN = "Unhandled error in EndTxnResponse";

    private final Duration shutdownLimit;
    private final MicroBatcher engine;
    private final HotSwap hotSwap;
    private final InputLag lag;
    private final KafkaStreams streams;
    private final StatusPage status;
    private final Optional<TypedMessages> typed;
    private final HttpEndpoint http;
    private final PlatformMetrics platform;
    /** The topic that refused a record last; null if none did. */
    private final AtomicReference<String> refusing;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private StreamsApp(
            AppConfig config,
            Topology topology,
            StreamsConfig streamsConfig,
            AtomicReference<String> refusing,
            MicroBatcher engine,
            HotSwap hotSwap,
            PrometheusMeterRegistry registry,
            AppMetrics metrics,
            List<String> labels,
            Recent recent) {
        shutdownLimit = config.shutdownTimeout();
        this.refusing = refusing;
        this.engine = engine;
        this.hotSwap = hotSwap;
        streams = new KafkaStreams(topology, streamsConfig);
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener(this::stateChanged);
        status = new StatusPage(config, labels, streams, registry, recent);
        typed = config.http().acceptMessages()
                ? Optional.of(new TypedMessages(config, labels, streamsConfig))
                : Optional.empty();
        try {
            http = new HttpEndpoint(
                    config.http(),
                    new HttpEndpoint.Sources(
                            registry::scrape,
                            () -> status.json(this, engine.inFlight(), hotSwap.status()),
                            this::isLive,
                            this::isReady,
                            recent,
                            typed.map(RoundTrip.class::cast)));
        } catch (UserException e) {
            typed.ifPresent(TypedMessages::close);
            streams.close();
            throw e;
        }
        lag = new InputLag(streamsConfig.getAdminConfigs("smsieve-lag"), config.applicationId(), this::inputPartitions);
        metrics.stream().watch(this);
        platform = new PlatformMetrics(registry, streams);
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
        PrometheusMeterRegistry registry = PlatformMetrics.registry();
        AppMetrics metrics = new AppMetrics(registry, labels);
        ShadowSlot shadows = new ShadowSlot();
        Tokenizer tokenizer = Tokenizer.gpt2();
        MicroBatcher engine;
        try {
            engine = MicroBatcher.start(
                    classifier,
                    tokenizer.encode(CANARY),
                    config.batch(),
                    MicroBatchListener.both(metrics.engine(), shadows));
        } catch (EngineFailedException e) {
            throw new UserException("model " + classifier.model() + ": does not work (" + e.getMessage() + ")", e);
        }
        HotSwap hotSwap = null;
        try {
            metrics.engine().watch(engine);
            AtomicReference<String> refusing = new AtomicReference<>();
            Recent recent = new Recent(config.http().showMessages());
            Intake intake = new Intake(
                    config.input(),
                    tokenizer,
                    engine,
                    new Remembered(engine, config.remembered(), metrics),
                    metrics,
                    recent);
            StreamsConfig streamsConfig = StreamsProperties.of(config, intake, refusing::set);
            ModelTopics modelTopics = StreamsProperties.modelTopics(config, streamsConfig);
            new ClusterCheck(streamsConfig.getAdminConfigs("smsieve-check"), config.startTimeout())
                    .run(config.topics().all(labels), config.topics());
            if (config.topics().create()) {
                modelTopics.create(modelTopics.names(), config.startTimeout());
            }
            Topology topology = SmsTopology.build(
                    config.topics(), labels, intake, config.output(), StreamsProperties.maxRequestBytes(streamsConfig));
            hotSwap = HotSwap.start(config, modelTopics, labels, loader, engine, shadows, metrics, swaps);
            return new StreamsApp(
                    config, topology, streamsConfig, refusing, engine, hotSwap, registry, metrics, labels, recent);
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
     *
     * <p>A broker that comes back may also answer that it met an unexpected error. For the end of a transaction the
     * client has no class for that answer ({@code TransactionManager}, "Unhandled error in EndTxnResponse"). Whether
     * the transaction was committed is then unknown here and known to the brokers: another thread begins after the
     * offsets that they have, once they are decided.
     */
    static boolean isOnlyTheTransactions(Throwable error) {
        return String.valueOf(root(error).getMessage()).startsWith(END_UNKNOWN)
                || Stream.iterate(error, Objects::nonNull, Throwable::getCause)
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

    private UserException describe(Throwable error) {
        Throwable root = root(error);
        String topic = refusing.get();
        String what = root instanceof EngineFailedException
                ? root.getMessage()
                : (topic == null ? "" : "a record was not sent to topic " + topic + ": ") + root;
        return new UserException("stopped, with the offsets of what is not labelled uncommitted: " + what, error);
    }

    private static Throwable root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && !(root instanceof EngineFailedException)) {
            root = root.getCause();
        }
        return root;
    }

    /**
     * Whether the app processes records, with no rebalance going on. Kafka Streams runs once the group's coordinator
     * has said which partitions are this process's, or that none is; there is a model from the start.
     */
    @Override
    public boolean isReady() {
        return streams.state() == State.RUNNING && !engine.hasEnded();
    }

    @Override
    public int partitions() {
        return inputPartitions().size();
    }

    private List<TopicPartition> inputPartitions() {
        try {
            return streams.metadataForLocalThreads().stream()
                    .flatMap(thread -> thread.activeTasks().stream())
                    .flatMap(task -> task.topicPartitions().stream())
                    .toList();
        } catch (IllegalStateException e) {
            // It does not run.
            return List.of();
        }
    }

    @Override
    public long lag() {
        return lag.records();
    }

    @Override
    public Duration lagAge() {
        return lag.age();
    }

    private boolean isLive() {
        return !streams.state().hasCompletedShutdown() && failure.get() == null && !engine.hasEnded();
    }

    /** The port that the page, metrics and health are served on. */
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
        typed.ifPresent(TypedMessages::close);
        http.close();
        lag.close();
        platform.close();
    }
}
