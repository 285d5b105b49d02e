package org.smsieve.app.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollTest {
    private final AtomicLong now = new AtomicLong(5);

    @Test
    void endsWithACommitOnce() {
        Poll poll = new Poll(2, false, now::get);

        assertThat(poll.endsWithCommit()).isFalse();
        assertThat(poll.endsWithCommit()).isTrue();
        assertThat(poll.endsWithCommit()).isFalse();
    }

    /** A slow model's next poll may wait for longer than a transaction lasts. */
    @ParameterizedTest
    @CsvSource({"999, false", "1000, true"})
    void leavesItToTheIntervalBehindAFullOneThatWasQuick(int millis, boolean commits) {
        Poll poll = new Poll(1, true, now::get);
        poll.submitted(new CompletableFuture<>());
        now.addAndGet(Duration.ofMillis(millis).toNanos());

        assertThat(poll.endsWithCommit()).isEqualTo(commits);
    }

    /** It says nothing about the engine. */
    @Test
    void endsWithACommitBehindAFullOneWithoutAMessageForTheEngine() {
        Poll poll = new Poll(1, true, now::get);
        poll.remembered(new CompletableFuture<>());

        assertThat(poll.endsWithCommit()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"499, false", "500, true"})
    void judgesAnEngineByTheMessagesThatItClassified(int millis, boolean commits) {
        Poll poll = new Poll(2, true, now::get);
        poll.submitted(new CompletableFuture<>());
        poll.remembered(CompletableFuture.completedFuture(null));
        now.addAndGet(Duration.ofMillis(millis).toNanos());

        assertThat(poll.endsWithCommit()).isFalse();
        assertThat(poll.endsWithCommit()).isEqualTo(commits);
    }
}
