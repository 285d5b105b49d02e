package org.smsieve.app.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.message.Inbound.Message;
import org.smsieve.message.Inbound.Unreadable;

class RecentTest {
    private static final Verdict SPAM = new Verdict("spam", Map.of("ham", 0.1, "spam", 0.9), "m@1", 3, false);

    private long nanos = 1_000;
    private final Recent shown = recent(true);

    private Recent recent(boolean showMessages) {
        return new Recent(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), () -> nanos, showMessages);
    }

    private void passMillis(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static Message text(String text) {
        return Message.ofText(text);
    }

    @Test
    void makesRatesAndPercentilesOfTheLastSecondAndTheLastTen() {
        long since = shown.nanoTime();
        passMillis(20);
        for (int i = 0; i < 98; i++) {
            shown.labelled(text("a"), SPAM, since);
        }
        passMillis(380);
        shown.deadLetter(text("b"), DeadLetterReason.REJECTED, since);
        shown.labelled(text("c"), SPAM, since);
        passMillis(100);

        Sample sample = shown.sample();

        assertThat(sample.perSecond()).isEqualTo(200);
        assertThat(sample.p50Millis()).isCloseTo(20, within(0.5));
        assertThat(sample.p99Millis()).isCloseTo(400, within(4.0));
        passMillis(1_000);
        assertThat(shown.sample().p50Millis()).isNaN();
        assertThat(shown.now().perSecond()).isCloseTo(100 / 1.5, within(0.01));
        assertThat(shown.now().p50Millis()).isCloseTo(20, within(0.5));
    }

    @Test
    void forgetsWhatIsOlderThanTheChart() {
        shown.labelled(text("a"), SPAM, nanos);
        for (int i = 0; i < 400; i++) {
            passMillis(1_000);
            shown.sample();
        }

        assertThat(shown.samples())
                .hasSize(RecentFigures.KEPT)
                .extracting(Sample::perSecond)
                .containsOnly(0.0);
        assertThat(shown.now().perSecond()).isZero();
    }

    @Test
    void takesADurationOfAnySize() {
        shown.labelled(text("a"), SPAM, nanos + 1);
        shown.labelled(text("a"), SPAM, Long.MIN_VALUE / 4);
        passMillis(1_000);

        assertThat(shown.sample().perSecond()).isEqualTo(2);
    }

    @Test
    void keepsTheLastMessagesAndTheBeginningOfLongOnes() {
        for (int i = 0; i < 100; i++) {
            shown.labelled(text("message " + i), SPAM, nanos);
        }
        shown.labelled(text("x".repeat(LatestMessages.MAX_CHARACTERS - 1) + "🎉"), SPAM, nanos);
        shown.deadLetter(new Unreadable(DeadLetterReason.NOT_UTF8, "byte 1"), DeadLetterReason.NOT_UTF8, nanos);

        assertThat(shown.messages()).hasSize(LatestMessages.KEPT);
        LatestMessage dead = shown.messages().get(0);
        assertThat(dead.deadLetter()).contains("not-utf8");
        assertThat(dead.text()).isEmpty();
        LatestMessage cut = shown.messages().get(1);
        assertThat(cut.text()).isEqualTo("x".repeat(LatestMessages.MAX_CHARACTERS - 1));
        assertThat(cut.cut()).isTrue();
        assertThat(shown.messages().get(2).text()).isEqualTo("message 99");
        assertThat(shown.messages().get(2).number()).isEqualTo(100);
    }

    @Test
    void keepsNoTextThatMayNotBeShown() {
        Recent silent = recent(false);

        silent.labelled(text("secret"), SPAM, nanos);

        assertThat(silent.messages()).isEmpty();
        passMillis(1_000);
        assertThat(silent.sample().perSecond()).isEqualTo(1);
    }
}
