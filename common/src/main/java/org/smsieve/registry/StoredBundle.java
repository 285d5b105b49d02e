package org.smsieve.registry;

import java.nio.file.Path;
import java.time.Instant;
import org.smsieve.bundle.Manifest;

/**
 * A bundle in a registry.
 *
 * @param directory where it stands
 * @param location by what address apps find it
 * @param sha256 of its {@code smsieve.json}
 * @param manifest what it says of itself
 */
public record StoredBundle(Path directory, String location, String sha256, Manifest manifest) {
    /** Its announcement, to be served. */
    public Announcement announcement(Instant now) {
        return Announcement.serve(manifest.name(), manifest.version(), location, sha256, manifest.metrics(), now);
    }
}
