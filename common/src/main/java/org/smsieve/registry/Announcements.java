package org.smsieve.registry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the announcements of a topic come to: the bundle to serve and the one to shadow it. Whoever reads the same topic
 * comes to the same, also from a compacted one. For use by one thread.
 *
 * <p>The last announcement to serve holds, whatever its key; an announcement of a shadow holds until the next one of
 * either kind. A record without a value withdraws what was announced under its key. In a topic of several partitions,
 * what is last goes by the records' timestamps.
 */
public final class Announcements {
    /**
     * Where an announcement stands.
     *
     * @param time its timestamp, or a later one that stood before it in its partition, in ms
     */
    private record Position(long time, int partition, long offset) implements Comparable<Position> {
        private static final Comparator<Position> ORDER = Comparator.comparingLong(Position::time)
                .thenComparingInt(Position::partition)
                .thenComparingLong(Position::offset);

        @Override
        public int compareTo(Position other) {
            return ORDER.compare(this, other);
        }
    }

    /** An announcement and where it stands. */
    private record Placed(Announcement announcement, Position position) {}

    /** What holds of one key. */
    private record Entry(Optional<Placed> served, Optional<Placed> shadow) {}

    private final Map<String, Entry> byKey = new HashMap<>();
    private final Map<Integer, Long> lastTimes = new HashMap<>();

    /**
     * Takes the next record of a partition.
     *
     * @throws AnnouncementException if it announces nothing; it then changes nothing
     */
    public void apply(ConsumerRecord<byte[], byte[]> record) {
        long time = lastTimes.merge(record.partition(), record.timestamp(), Math::max);
        Position position = new Position(time, record.partition(), record.offset());
        if (record.value() == null) {
            if (record.key() != null) {
                byKey.remove(key(record.key()));
            }
            return;
        }
        Announcement announcement = Announcement.parse(record.value());
        if (record.key() == null
                || !Arrays.equals(record.key(), announcement.name().getBytes(StandardCharsets.UTF_8))) {
            throw new AnnouncementException("key: (expected: the name of the model, " + announcement.name() + ")");
        }
        Optional<Placed> placed = Optional.of(new Placed(announcement, position));
        byKey.put(
                announcement.name(),
                switch (announcement.mode()) {
                    case SERVE -> new Entry(placed, Optional.empty());
                    case SHADOW -> new Entry(servedBeside(announcement, position), placed);
                });
    }

    private Optional<Placed> servedBeside(Announcement shadow, Position position) {
        return shadow.served() != null
                ? Optional.of(new Placed(shadow.served(), position))
                : Optional.ofNullable(byKey.get(shadow.name())).flatMap(Entry::served);
    }

    /** What is to be served; empty where nothing is announced. */
    public Optional<Announcement> served() {
        return last(Entry::served).map(Placed::announcement);
    }

    /** What is to shadow it. */
    public Optional<Announcement> shadow() {
        Optional<Position> served = last(Entry::served).map(Placed::position);
        return last(Entry::shadow)
                // The position of what a shadow brought to be served is the shadow's own.
                .filter(shadow -> served.isEmpty() || shadow.position().compareTo(served.get()) >= 0)
                .map(Placed::announcement);
    }

    private Optional<Placed> last(Function<Entry, Optional<Placed>> kind) {
        return byKey.values().stream().map(kind).flatMap(Optional::stream).max(Comparator.comparing(Placed::position));
    }

    private static String key(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
