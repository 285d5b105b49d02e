package org.smsieve.app.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PollTest {
    private final AtomicLong now = new AtomicLong(5);

    @Test
    void endsWithACommitOnce() {
        Poll poll = new Poll(2, false, now::get);

        assertThat(poll.endsWithCommit()).isFalse();
        assertThat(poll.endsWithCommit()).isTrue();
        assertThat(poll.endsWithCommit()).isFalse();
    }

    @Test
    void leavesItToTheIntervalBehindAFullOneThatWasQuick() {
        Poll poll = new Poll(1, true, now::get);
        now.addAndGet(Duration.ofMillis(999).toNanos());

        assertThat(poll.endsWithCommit()).isFalse();
    }

    /** A slow model's next poll may wait for longer than a transaction lasts. */
    @Test
    void endsWithACommitBehindAFullOneThatWasSlow() {
        Poll poll = new Poll(1, true, now::get);
        now.addAndGet(Duration.ofSeconds(1).toNanos());

        assertThat(poll.endsWithCommit()).isTrue();
    }
}
