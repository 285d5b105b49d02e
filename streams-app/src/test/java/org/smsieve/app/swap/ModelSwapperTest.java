package org.smsieve.app.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.ScriptedClassifier;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.app.swap.SwapEvent.Outcome;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.Verdict;
import org.smsieve.download.Downloader;
import org.smsieve.download.Patience;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.BundleFetcher;
import org.smsieve.registry.PromotionRule;
import org.smsieve.registry.Registry;
import org.smsieve.text.Tokens;

/** From what is announced to what the engine serves; each classifier is closed once, and not before its last use. */
@Timeout(60)
class ModelSwapperTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final PromotionRule RULE = new PromotionRule(4, 1, 1e9);

    @TempDir
    private static Path directory;

    private static Announcement first;
    private static Announcement second;

    private final ScriptedClassifier configured = new ScriptedClassifier("configured@1");
    private final ScriptedClassifier one = new ScriptedClassifier("tiny@1");
    private final ScriptedClassifier two = new ScriptedClassifier("tiny@2", message -> 0.75);
    private final List<String> loaded = new CopyOnWriteArrayList<>();
    private final List<Announcement> announced = new CopyOnWriteArrayList<>();
    private final List<String> withdrawn = new CopyOnWriteArrayList<>();
    private final List<SwapEvent> events = new CopyOnWriteArrayList<>();
    private MicroBatcher engine;
    private ModelSwapper swapper;

    @BeforeAll
    static void makeBundles() throws IOException {
        Registry registry = new Registry(directory.resolve("registry"), Optional.empty());
        first = registry.add(TinyBundle.of("tiny", "1", 1).write(directory.resolve("1")))
                .announcement(Instant.EPOCH);
        second = registry.add(TinyBundle.of("tiny", "2", 2).write(directory.resolve("2")))
                .announcement(Instant.EPOCH);
    }

    @BeforeEach
    void start() {
        AppMetrics metrics = new AppMetrics(new SimpleMeterRegistry(), configured.labels());
        ShadowSlot shadows = new ShadowSlot();
        engine = MicroBatcher.start(configured, Tokens.of(1), new BatchLimits(8, 60, LIMIT), shadows);
        Map<String, BatchClassifier> classifiers = new ConcurrentHashMap<>(Map.of(one.model(), one, two.model(), two));
        ModelLoader loader = new ModelLoader() {
            @Override
            public BatchClassifier load(Bundle bundle) {
                loaded.add(bundle.manifest().model());
                return classifiers.get(bundle.manifest().model());
            }

            @Override
            public BatchClassifier configured() {
                return new ScriptedClassifier("configured@1");
            }
        };
        Announcer announcer = new Announcer() {
            @Override
            public void announce(Announcement announcement) {
                announced.add(announcement);
            }

            @Override
            public void withdraw(String name) {
                withdrawn.add(name);
            }
        };
        Clock clock = Clock.systemUTC();
        BundleFetcher fetcher =
                new BundleFetcher(directory.resolve("cache"), 1 << 30, new Downloader(Patience.DEFAULT));
        swapper = new ModelSwapper(
                engine,
                new Candidates(fetcher, loader, configured.labels(), Patience.DEFAULT),
                shadows,
                metrics.shadow(),
                announcer,
                new SwapLog(clock, metrics.models(), configured.info(), events::add),
                clock,
                LIMIT);
    }

    @AfterEach
    void close() {
        List.of(configured, one, two).forEach(ScriptedClassifier::release);
        swapper.close();
        engine.close();
        assertThat(List.of(configured, one, two)).noneMatch(ScriptedClassifier::isUsedAfterClosing);
    }

    private void want(Announcement served, Announcement shadow) {
        swapper.want(new Wanted(Optional.ofNullable(served), Optional.ofNullable(shadow)))
                .join();
    }

    private Verdict classify() {
        return engine.await(engine.submit(Tokens.of(1)));
    }

    private void classifyUntil(Outcome outcome) {
        await().atMost(LIMIT).until(() -> {
            classify();
            return events.stream().anyMatch(event -> event.outcome() == outcome);
        });
    }

    private List<Outcome> outcomes() {
        return events.stream().map(SwapEvent::outcome).toList();
    }

    @Test
    void servesAPromotedShadowWithoutLoadingItAgain() {
        want(null, first.asShadow(1, RULE, null));
        classifyUntil(Outcome.PROMOTED);
        assertThat(announced)
                .extracting(Announcement::model, Announcement::mode)
                .containsExactly(tuple("tiny@1", Announcement.Mode.SERVE));

        want(announced.get(0), null);

        assertThat(classify().model()).isEqualTo("tiny@1");
        assertThat(loaded).containsExactly("tiny@1");
        assertThat(outcomes()).containsExactly(Outcome.SHADOWED, Outcome.PROMOTED, Outcome.SWAPPED);
        assertThat(configured.closings()).isEqualTo(1);
        assertThat(one.closings()).isZero();

        swapper.close();
        engine.close();
        assertThat(one.closings()).as("by the engine").isEqualTo(1);
    }

    @Test
    void announcesTheServedModelWhereItsShadowIsDropped() {
        want(first, null);
        want(first, second.asShadow(1, RULE, first));
        classifyUntil(Outcome.DROPPED);
        assertThat(announced).extracting(Announcement::model).containsExactly("tiny@1");
        assertThat(events.get(events.size() - 1).reason()).startsWith("agreement 0.0000 on ");

        want(announced.get(0), null);

        assertThat(two.closings()).isEqualTo(1);
        assertThat(one.closings()).isZero();
        assertThat(classify().model()).isEqualTo("tiny@1");
        assertThat(loaded).as("the served one stays as it is").containsExactly("tiny@1", "tiny@2");
    }

    @Test
    void dropsAShadowThatFailsAndWithdrawsItWhereNothingElseWasAnnounced() {
        one.failWith(new OutOfMemoryError("native"));
        want(null, first.asShadow(1, null, null));
        classifyUntil(Outcome.DROPPED);
        assertThat(withdrawn).containsExactly("tiny");
        assertThat(announced).isEmpty();
        assertThat(events.get(1).reason()).isEqualTo("it failed: java.lang.OutOfMemoryError: native");

        want(null, null);

        assertThat(classify().model()).isEqualTo("configured@1");
        assertThat(one.closings()).isEqualTo(1);
        assertThat(configured.closings()).isZero();
        assertThat(outcomes()).containsExactly(Outcome.SHADOWED, Outcome.DROPPED);
    }

    @Test
    void closesAShadowOnceWhereAnotherTakesItsPlaceAndAtTheEnd() {
        want(null, first.asShadow(1, null, null));
        want(null, second.asShadow(1, null, null));
        assertThat(one.closings()).isEqualTo(1);
        assertThat(two.closings()).isZero();

        swapper.close();
        swapper.close();

        assertThat(two.closings()).isEqualTo(1);
        assertThat(one.closings()).isEqualTo(1);
    }

    @Test
    void goesBackToTheConfiguredModelWhereNothingIsAnnouncedAnyMore() {
        want(first, null);

        want(null, null);

        assertThat(classify().model()).isEqualTo("configured@1");
        assertThat(one.closings()).isEqualTo(1);
        assertThat(configured.closings())
                .as("opened anew, so that it takes no memory meanwhile")
                .isEqualTo(1);
        assertThat(events.get(1).reason()).isEqualTo("what was announced is withdrawn");
    }

    @Test
    void loadsOnlyTheLastOfSeveralThatAreWantedMeanwhile() throws InterruptedException {
        configured.hold();
        CompletableFuture<Verdict> inWork = engine.submit(Tokens.of(1));
        configured.awaitHeld();
        CompletableFuture<Void> begun = swapper.want(new Wanted(Optional.of(first), Optional.empty()));
        await().atMost(LIMIT).until(() -> loaded.contains("tiny@1"));
        CompletableFuture<Void> passedOver = swapper.want(Wanted.NOTHING);
        CompletableFuture<Void> last = swapper.want(new Wanted(Optional.of(second), Optional.empty()));
        configured.release();

        CompletableFuture.allOf(inWork, begun, passedOver, last).join();

        assertThat(classify().model()).isEqualTo("tiny@2");
        assertThat(loaded).containsExactly("tiny@1", "tiny@2");
        assertThat(events).extracting(SwapEvent::model).containsExactly("tiny@1", "tiny@2");
    }

    /** The engine may be at the canary of the next one, or come to it: nothing may be freed under its hands. */
    @Test
    void leavesAChangeThatWaitsToTheEngineWhenItIsClosed() throws InterruptedException {
        configured.hold();
        CompletableFuture<Verdict> inWork = engine.submit(Tokens.of(1));
        configured.awaitHeld();
        CompletableFuture<Void> unused = swapper.want(new Wanted(Optional.of(first), Optional.empty()));
        await().atMost(LIMIT).until(() -> loaded.contains("tiny@1"));

        swapper.close();

        configured.release();
        assertThat(engine.await(inWork).model()).isEqualTo("configured@1");
        assertThat(classify().model()).isEqualTo("configured@1");
        engine.close();
        assertThat(one.isUsedAfterClosing()).isFalse();
        assertThat(one.closings()).isEqualTo(1);
        assertThat(configured.closings()).isEqualTo(1);
    }
}
