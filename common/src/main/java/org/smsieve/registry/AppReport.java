package org.smsieve.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/**
 * What a running app says of itself on the reports' topic, when it changes and every few seconds.
 *
 * @param instance this process, by a name of its own
 * @param application its {@code application.id}
 * @param model what it serves, {@code name@version}
 * @param shadow what it compares with it, likewise; may be null
 * @param refused what it refused last, with the reason; may be null
 * @param time of this report
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AppReport(
        String instance, String application, String model, String shadow, String refused, Instant time) {
    /** How often an app reports, in seconds. */
    public static final int EVERY_SECONDS = 10;

    /** Reads a record's value; empty if it is no report. */
    static Optional<AppReport> parse(byte[] value) {
        try {
            return Optional.ofNullable(Json.MAPPER.readValue(value, AppReport.class))
                    .filter(report -> report.instance() != null && report.model() != null && report.time() != null);
        } catch (IOException e) {
            return Optional.empty();
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

    /** The same report of another time. */
    public AppReport at(Instant other) {
        return new AppReport(instance, application, model, shadow, refused, other);
    }

    /** Whether the app is likely to run still. */
    public boolean isCurrent(Instant now) {
        return time.plusSeconds(3L * EVERY_SECONDS).isAfter(now);
    }
}
