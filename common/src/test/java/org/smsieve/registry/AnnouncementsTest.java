package org.smsieve.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {
    private final Announcements announcements = new Announcements();
    private long offset;

    private static Announcement model(String name, String version) {
        String sha256 = String.format("%064x", (name + version).hashCode() & 0xffffffffL);
        return Announcement.serve(name, version, "file:///registry/" + name, sha256, Map.of(), Instant.EPOCH);
    }

    private static ConsumerRecord<byte[], byte[]> record(
            int partition, long offset, long time, String key, byte[] value) {
        return new ConsumerRecord<>(
                "models",
                partition,
                offset,
                time,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key == null ? null : key.getBytes(UTF_8),
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private void say(Announcement announcement) {
        announcements.apply(record(0, offset, 1_000 + offset, announcement.name(), announcement.toJson()));
        offset++;
    }

    private void withdraw(String name) {
        announcements.apply(record(0, offset, 1_000 + offset, name, null));
        offset++;
    }

    private String state() {
        return announcements.served().map(Announcement::model).orElse("-") + " "
                + announcements.shadow().map(Announcement::model).orElse("-");
    }

    @Test
    void theLastOneIsServedWhateverItsName() {
        assertThat(state()).isEqualTo("- -");
        say(model("a", "1"));
        say(model("b", "1"));
        say(model("a", "2"));

        assertThat(state()).isEqualTo("a@2 -");
    }

    @Test
    void aShadowStandsBesideUntilTheNextAnnouncement() {
        say(model("a", "1"));
        say(model("a", "2").asShadow(0.5, null, model("a", "1")));
        assertThat(state()).isEqualTo("a@1 a@2");
        say(model("b", "1").asShadow(0.5, null, model("a", "1")));
        assertThat(state()).isEqualTo("a@1 b@1");
        say(model("a", "3"));
        assertThat(state()).isEqualTo("a@3 -");
    }

    @Test
    void aWithdrawnNameLeavesTheOthers() {
        say(model("a", "1"));
        say(model("b", "1"));
        withdraw("b");
        assertThat(state()).isEqualTo("a@1 -");
        withdraw("a");
        assertThat(state()).isEqualTo("- -");
    }

    @Test
    void ofSeveralPartitionsTheLatestCounts() {
        announcements.apply(record(1, 0, 3_000, "a", model("a", "1").toJson()));
        announcements.apply(record(0, 0, 2_000, "b", model("b", "1").toJson()));

        assertThat(state()).isEqualTo("a@1 -");
    }

    @Test
    void aClockThatGoesBackDoesNotTurnTheOrderOfAPartition() {
        announcements.apply(record(0, 0, 3_000, "a", model("a", "1").toJson()));
        announcements.apply(record(0, 1, 2_000, "a", model("a", "2").toJson()));

        assertThat(state()).isEqualTo("a@2 -");
    }

    @Test
    void refusesAKeyThatIsNotTheName() {
        byte[] value = model("a", "1").toJson();

        assertThatThrownBy(() -> announcements.apply(record(0, 0, 0, "b", value)))
                .isInstanceOf(AnnouncementException.class)
                .hasMessageStartingWith("key: ");
        assertThatThrownBy(() -> announcements.apply(record(0, 1, 0, null, value)))
                .isInstanceOf(AnnouncementException.class);
        announcements.apply(record(0, 2, 0, null, null));
        assertThat(state()).isEqualTo("- -");
    }

    /** Who starts later reads what compaction left of the topic, and must come to the same. */
    @Test
    void comesToTheSameFromACompactedTopic() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            Announcements whole = new Announcements();
            List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                Announcement next = model(random.nextBoolean() ? "a" : "b", Integer.toString(i));
                if (random.nextBoolean()) {
                    next = next.asShadow(0.5, null, whole.served().orElse(null));
                }
                ConsumerRecord<byte[], byte[]> said = record(0, i, i, next.name(), next.toJson());
                log.add(said);
                whole.apply(said);
            }
            int cleaned = random.nextInt(log.size() + 1);
            List<ConsumerRecord<byte[], byte[]>> left = new ArrayList<>();
            for (int i = 0; i < log.size(); i++) {
                byte[] key = log.get(i).key();
                boolean isLast =
                        log.subList(i + 1, log.size()).stream().noneMatch(later -> Arrays.equals(key, later.key()));
                if (i >= cleaned || isLast) {
                    left.add(log.get(i));
                }
            }

            Announcements later = new Announcements();
            left.forEach(later::apply);

            assertThat(later.served()).as("seed " + seed).isEqualTo(whole.served());
            assertThat(later.shadow()).as("seed " + seed).isEqualTo(whole.shadow());
        }
    }

    @Test
    void aShadowBesideNothingBringsNothing() {
        say(model("a", "1").asShadow(1, null, null));

        assertThat(state()).isEqualTo("- a@1");
        assertThat(announcements.shadow().orElseThrow().served()).isNull();
    }
}
