package org.smsieve.app.swap;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.download.Downloader;
import org.smsieve.download.Patience;
import org.smsieve.download.UserDirectory;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.AppReport;
import org.smsieve.registry.BundleFetcher;
import org.smsieve.registry.ModelTopics;

/** Hot swap as a whole: the topic followed, the engine's model changed, the state told. */
public final class HotSwap implements AutoCloseable {
    private static final Duration ANNOUNCE_LIMIT = Duration.ofSeconds(10);

    private final SwapLog log;
    private final ModelSwapper swapper;
    private final ModelFollower follower;

    private HotSwap(SwapLog log, ModelSwapper swapper, ModelFollower follower) {
        this.log = log;
        this.swapper = swapper;
        this.follower = follower;
    }

    /**
     * Follows the announced models, after having the engine serve what is announced now.
     *
     * @param config of the app
     * @param topics where models are announced
     * @param labels those that there are topics for
     * @param engine serves the model that the settings name
     * @param shadows is told of the engine's micro-batches
     * @param listener is told what becomes of announced models, on any thread
     */
    public static HotSwap start(
            AppConfig config,
            ModelTopics topics,
            List<String> labels,
            ModelLoader loader,
            MicroBatcher engine,
            ShadowSlot shadows,
            AppMetrics metrics,
            Consumer<SwapEvent> listener)
            throws InterruptedException {
        Clock clock = Clock.systemUTC();
        SwapLog log = new SwapLog(clock, metrics.models(), engine.info(), listener);
        BundleFetcher fetcher = new BundleFetcher(
                UserDirectory.CACHE.path().resolve("bundles"),
                config.announced().maxBytes(),
                new Downloader(Patience.DEFAULT));
        ModelSwapper swapper = new ModelSwapper(
                engine,
                new Candidates(fetcher, loader, labels, Patience.DEFAULT),
                shadows,
                metrics.shadow(),
                announcer(topics),
                log,
                clock,
                config.batch().timeout());
        Reporter reporter = new Reporter(topics, reports(config.applicationId(), log, clock), clock);
        ModelFollower follower = new ModelFollower(topics, swapper, metrics.models(), reporter);
        HotSwap hotSwap = new HotSwap(log, swapper, follower);
        try {
            follower.start(config.startTimeout(), config.announced().startTimeout());
            return hotSwap;
        } catch (RuntimeException | InterruptedException e) {
            hotSwap.close();
            throw e;
        }
    }

    private static Announcer announcer(ModelTopics topics) {
        return new Announcer() {
            @Override
            public void announce(Announcement announcement) {
                topics.announce(announcement, ANNOUNCE_LIMIT);
            }

            @Override
            public void withdraw(String name) {
                topics.withdraw(name, ANNOUNCE_LIMIT);
            }
        };
    }

    private static Supplier<AppReport> reports(String application, SwapLog log, Clock clock) {
        String instance =
                application + "/" + ManagementFactory.getRuntimeMXBean().getName();
        return () -> {
            SwapLog.Status status = log.status();
            Optional<SwapEvent> last = status.events().stream().findFirst();
            String refused = last.filter(event -> event.outcome() == SwapEvent.Outcome.REFUSED)
                    .map(event -> event.model() + ": " + event.reason())
                    .orElse(null);
            return new AppReport(
                    instance, application, status.model(), status.shadow().orElse(null), refused, clock.instant());
        };
    }

    /** What is served, and what became of announced models of late. */
    public SwapLog.Status status() {
        return log.status();
    }

    /** Stops to follow; the engine keeps its model. */
    @Override
    public void close() {
        follower.close();
        swapper.close();
    }
}
