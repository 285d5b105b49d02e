package org.smsieve.app.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.ScriptedClassifier;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.download.DownloadException;
import org.smsieve.download.Downloader;
import org.smsieve.download.Patience;
import org.smsieve.download.ScriptedServer;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.BundleFetcher;
import org.smsieve.registry.Registry;

@Timeout(60)
class CandidatesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** The downloader tries once, so that each request is an attempt of what is tested here. */
    private static final Downloader ONCE = new Downloader(new Patience(SECOND, SECOND, 1, Duration.ZERO));

    @TempDir
    private Path directory;

    private final ScriptedClassifier classifier = new ScriptedClassifier("tiny@1");
    private int loads;

    private Candidates candidates(int attempts, Duration pause) {
        ModelLoader loader = new ModelLoader() {
            @Override
            public BatchClassifier load(Bundle bundle) {
                loads++;
                return classifier;
            }

            @Override
            public BatchClassifier configured() {
                return classifier;
            }
        };
        BundleFetcher fetcher = new BundleFetcher(directory.resolve("cache"), 1 << 30, ONCE);
        return new Candidates(fetcher, loader, List.of("ham", "spam"), new Patience(SECOND, SECOND, attempts, pause));
    }

    private Announcement stored(TinyBundle bundle) throws IOException {
        return new Registry(directory.resolve("registry"), Optional.empty())
                .add(bundle.write(directory.resolve("made")))
                .announcement(Instant.EPOCH);
    }

    private static Announcement at(URI location) {
        return Announcement.serve("tiny", "1", location.toString(), "0".repeat(64), null, Instant.EPOCH);
    }

    @Test
    void takesABundleWhoseLabelsAllHaveATopic() throws Exception {
        Announcement reversed = stored(TinyBundle.of("tiny", "1", 1).withLabels("spam", "ham"));

        assertThat(candidates(1, SECOND).load(reversed, () -> true)).isSameAs(classifier);
    }

    @Test
    void refusesLabelsWithoutATopicBeforeAnythingIsLoaded() throws IOException {
        Announcement announcement = stored(TinyBundle.of("tiny", "1", 1).withLabels("ham", "promo", "spam"));

        assertThatThrownBy(() -> candidates(3, SECOND).load(announcement, () -> true))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("labels: [ham, promo, spam] (expected: of [ham, spam]; for others set"
                        + " topics.output.LABEL and start the app anew)");
        assertThat(loads).isZero();
    }

    @Test
    void triesAgainWhereTheServerHasABadMomentAndThenGivesUp() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.status("503 Service Unavailable"))) {
            assertThatThrownBy(
                            () -> candidates(3, Duration.ofMillis(1)).load(at(server.address("/tiny/1/")), () -> true))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("503");

            assertThat(server.requests()).hasSize(3);
        }
        assertThat(loads).isZero();
    }

    @Test
    void doesNotTryAgainWhereThatIsOfNoUse() {
        Announcement absent = at(directory.resolve("absent").toUri());

        assertThatThrownBy(() -> candidates(3, Duration.ofHours(1)).load(absent, () -> true))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void endsItsWaitWhereSomethingElseIsWanted() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.status("503 Service Unavailable"))) {
            Announcement announcement = at(server.address("/tiny/1/"));
            int[] asked = {0};

            assertThatThrownBy(() -> candidates(3, Duration.ofHours(1)).load(announcement, () -> ++asked[0] < 3))
                    .isInstanceOf(Candidates.SupersededException.class);

            assertThat(server.requests()).hasSize(1);
        }
    }
}
