package org.smsieve.app.swap;

import java.util.Optional;
import org.smsieve.registry.Announcement;

/**
 * What is announced.
 *
 * @param served the bundle to serve; empty for the model that the settings name
 * @param shadow the bundle to compare with it
 */
public record Wanted(Optional<Announcement> served, Optional<Announcement> shadow) {
    /** Where nothing is announced. */
    public static final Wanted NOTHING = new Wanted(Optional.empty(), Optional.empty());
}
