package org.smsieve.registry;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.smsieve.bundle.Manifest;

/**
 * What a record on the models' topic says: take this bundle. The record's key is the model's name. Immutable.
 *
 * @param name the model's name, as {@code smsieve.json} has it
 * @param version its version, likewise
 * @param location the bundle's directory: a {@code file:} address of this machine, or an {@code http:} or
 *     {@code https:} address under which its files stand
 * @param sha256 of {@code smsieve.json}, in lower-case hexadecimal, which in turn has those of the other files
 * @param metrics the bundle's figures by part of the data set; for people, not relied on
 * @param time when it was announced; null where that is not said
 * @param mode what to do with it
 * @param fraction of a shadow: the share of the records that it classifies too, above 0, at most 1
 * @param promoteAfter of a shadow: when it is promoted or dropped; null: when somebody says so
 * @param served of a shadow: what is served meanwhile. The topic keeps one record a key, so that without it whoever
 *     starts later would not know. Null where nothing was announced before
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Announcement(
        String name,
        String version,
        String location,
        String sha256,
        Map<String, Object> metrics,
        Instant time,
        Mode mode,
        Double fraction,
        PromotionRule promoteAfter,
        Announcement served) {

    /** What to do with an announced bundle. */
    public enum Mode {
        /** Classify with it, in place of the model before. */
        SERVE,
        /** Let it classify a share of the records beside the model that is served, for comparison alone. */
        SHADOW;

        /** The name in Json.MAPPER. */
        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        @JsonCreator
        static Mode of(String label) {
            for (Mode mode : values()) {
                if (mode.label().equals(label)) {
                    return mode;
                }
            }
            throw new AnnouncementException("mode: " + shortened(label) + " (expected: serve or shadow)");
        }
    }

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_LOCATION = 2_000;
    private static final int MAX_QUOTED = 200;

    /** Checks all that others rely on. */
    public Announcement {
        check("name", name, Manifest.NAME, "letters, digits, '.', '_' and '-', at most 100");
        check("version", version, Manifest.NAME, "letters, digits, '.', '_' and '-', at most 100");
        check("sha256", sha256, Manifest.SHA256, "that of smsieve.json, in lower-case hexadecimal");
        checkLocation(location);
        metrics = metrics == null ? Map.of() : new LinkedHashMap<>(metrics);
        mode = mode == null ? Mode.SERVE : mode;
        if (mode == Mode.SERVE && (fraction != null || promoteAfter != null || served != null)) {
            throw new AnnouncementException(
                    "fraction, promoteAfter, served: (expected: only with \"mode\":\"shadow\")");
        }
        if (mode == Mode.SHADOW && (fraction == null || !(fraction > 0 && fraction <= 1))) {
            throw new AnnouncementException("fraction: " + fraction + " (expected: above 0, at most 1)");
        }
        if (served != null && served.mode() != Mode.SERVE) {
            throw new AnnouncementException("served: (expected: an announcement with \"mode\":\"serve\")");
        }
    }

    /** An announcement of a bundle to be served. */
    public static Announcement serve(
            String name, String version, String location, String sha256, Map<String, Object> metrics, Instant time) {
        return new Announcement(name, version, location, sha256, metrics, time, Mode.SERVE, null, null, null);
    }

    /**
     * The same bundle, to be served.
     *
     * @param at when that is announced
     */
    public Announcement asServed(Instant at) {
        return serve(name, version, location, sha256, metrics, at);
    }

    /** The same bundle as a shadow. */
    public Announcement asShadow(double share, PromotionRule rule, Announcement beside) {
        return new Announcement(name, version, location, sha256, metrics, time, Mode.SHADOW, share, rule, beside);
    }

    /**
     * Reads a record's value.
     *
     * @param value not null
     * @throws AnnouncementException if it announces nothing that could be taken
     */
    public static Announcement parse(byte[] value) {
        if (value.length > MAX_BYTES) {
            throw new AnnouncementException(value.length + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        try {
            Announcement announcement = Json.MAPPER.readValue(value, Announcement.class);
            if (announcement == null) {
                throw new AnnouncementException("null (expected: a JSON object)");
            }
            return announcement;
        } catch (JacksonException e) {
            if (e.getCause() instanceof AnnouncementException cause) {
                throw cause;
            }
            throw new AnnouncementException("not an announcement in JSON: " + shortened(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new AnnouncementException("not an announcement in JSON", e);
        }
    }

    /** The value of a record that says so. */
    public byte[] toJson() {
        try {
            return Json.MAPPER.writeValueAsBytes(this);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code name@version}. */
    public String model() {
        return name + "@" + version;
    }

    /** Whether both are of the very same bundle. */
    public boolean isOf(Announcement other) {
        return sha256.equals(other.sha256);
    }

    /** {@link #location} as an address. */
    public URI address() {
        return URI.create(location);
    }

    private static void check(String key, String value, Pattern pattern, String rule) {
        if (value == null || !pattern.matcher(value).matches()) {
            throw new AnnouncementException(key + ": " + shortened(value) + " (expected: " + rule + ")");
        }
    }

    private static void checkLocation(String location) {
        if (!isLocation(location)) {
            throw new AnnouncementException("location: " + shortened(withoutSecrets(location))
                    + " (expected: a file:, http: or https: address of a directory, without user and query)");
        }
    }

    private static boolean isLocation(String location) {
        if (location == null || location.length() > MAX_LOCATION) {
            return false;
        }
        try {
            URI address = new URI(location);
            if (address.getRawUserInfo() != null || address.getRawQuery() != null || address.getRawFragment() != null) {
                return false;
            }
            return switch (String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT)) {
                case "file" -> Path.of(address).isAbsolute();
                case "http", "https" -> address.getHost() != null;
                default -> false;
            };
        } catch (URISyntaxException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Users, passwords and queries with tokens are no part of a location, and nothing for a log. */
    private static String withoutSecrets(String location) {
        return location == null
                ? null
                : location.replaceFirst("//[^/]*@", "//…@").replaceFirst("[?#].*", "?…");
    }

    /** What stands in hostile announcements goes to logs: no long lines, no control characters. */
    private static String shortened(String value) {
        return value == null
                ? null
                : oneLine(value.length() > MAX_QUOTED ? value.substring(0, MAX_QUOTED) + "…" : value);
    }

    private static String oneLine(String value) {
        return value.replaceAll("\\p{Cntrl}", " ");
    }
}
