package org.smsieve.app.swap;

import org.smsieve.registry.Announcement;

/** Tells all apps what to serve. */
public interface Announcer {
    /**
     * Announces a model.
     *
     * @throws org.smsieve.command.UserException if the brokers do not take it
     */
    void announce(Announcement announcement);

    /** Withdraws what is announced under a model's name; as above. */
    void withdraw(String name);
}
