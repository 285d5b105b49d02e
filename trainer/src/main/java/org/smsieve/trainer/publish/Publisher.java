package org.smsieve.trainer.publish;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.smsieve.bundle.Bundle;
import org.smsieve.command.UserException;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.Announcements;
import org.smsieve.registry.AppReport;
import org.smsieve.registry.ModelTopics;
import org.smsieve.registry.PromotionRule;
import org.smsieve.registry.Registry;
import org.smsieve.registry.StoredBundle;

/**
 * Puts bundles into the registry and tells apps what to serve. For use by one thread.
 *
 * @param registry holds the bundles
 * @param topics tell the apps
 */
public record Publisher(Registry registry, ModelTopics topics) {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** What is announced now. */
    Announcements announcements() {
        return topics.read(LIMIT);
    }

    /** What the apps say of themselves. */
    List<AppReport> reports() {
        return topics.reports(LIMIT);
    }

    /**
     * Checks before a model is trained that it can be published then.
     *
     * @throws UserException if the brokers do not answer, the registry cannot be written, or holds that version already
     */
    public void check(String name, String version) throws IOException {
        if (registry.find(name, version).isPresent()) {
            throw new UserException("model-version: " + version + " (expected: one that " + registry.directory()
                    + " does not have of " + name + " yet)");
        }
        try {
            Files.createDirectories(registry.directory());
        } catch (IOException e) {
            throw unwritable(e);
        }
        if (!Files.isWritable(registry.directory())) {
            throw unwritable(null);
        }
        announcements();
    }

    private UserException unwritable(IOException cause) {
        return new UserException(
                "registry.location: " + registry.directory() + " (expected: a directory that can be written)", cause);
    }

    /**
     * Announces a bundle, to be served.
     *
     * @param bundle its directory
     * @param force whether even if it does worse than what is served now on the same test rows
     * @param out is told what was done
     * @throws UserException if it does worse, or the registry or the brokers refuse
     */
    public void publish(Path bundle, boolean force, PrintWriter out) throws IOException {
        Optional<Announcement> current = announcements().served();
        if (current.isPresent()) {
            compare(bundle, current.get(), force, out);
        }
        announce(registry.add(bundle).announcement(Instant.now()), current, out);
    }

    private void compare(Path bundle, Announcement current, boolean force, PrintWriter out) throws IOException {
        Comparison comparison = Comparison.of(Bundle.open(bundle).manifest(), current.model(), current.metrics());
        out.print(comparison.text());
        out.flush();
        if (comparison.isWorse() && !force) {
            throw new UserException(bundle + ": does worse than " + current.model()
                    + ", which is served now (expected: as good at least; smsieve models publish " + bundle
                    + " --force publishes it all the same)");
        }
    }

    /**
     * Announces a bundle, to shadow what is served.
     *
     * @param bundle its directory
     * @param share of the micro-batches that it classifies too, above 0, at most 1
     * @param rule when it is promoted or dropped; null: when somebody says so
     */
    void shadow(Path bundle, double share, PromotionRule rule, PrintWriter out) throws IOException {
        Announcement current = announcements().served().orElse(null);
        Announcement shadow = registry.add(bundle).announcement(Instant.now()).asShadow(share, rule, current);
        topics.announce(shadow, LIMIT);
        out.println(shadow.model() + " shadows " + served(Optional.ofNullable(current)));
        out.flush();
    }

    /** Serves the shadow. */
    void promote(PrintWriter out) {
        Announcements announcements = announcements();
        Announcement shadow = announcements
                .shadow()
                .orElseThrow(() -> new UserException("no model is announced as a shadow (expected: one, by smsieve"
                        + " models publish DIR --shadow SHARE)"));
        announce(shadow.asServed(Instant.now()), announcements.served(), out);
    }

    /**
     * Serves an older bundle.
     *
     * @param wanted {@code VERSION} or {@code NAME@VERSION}; null: the one before the one that is served
     */
    void rollBack(String wanted, PrintWriter out) throws IOException {
        Optional<Announcement> current = announcements().served();
        StoredBundle bundle = wanted != null ? find(wanted) : before(served(current, "nothing to go back from"));
        announce(bundle.announcement(Instant.now()), current, out);
    }

    private StoredBundle before(Announcement current) throws IOException {
        List<StoredBundle> versions = registry.bundles().stream()
                .filter(bundle -> bundle.manifest().name().equals(current.name()))
                .toList();
        for (int i = 1; i < versions.size(); i++) {
            if (versions.get(i).manifest().version().equals(current.version())) {
                return versions.get(i - 1);
            }
        }
        throw new UserException(registry.directory() + ": no version of " + current.name() + " older than "
                + current.version() + " (expected: VERSION, one that smsieve models list shows)");
    }

    /** The bundle of a name and version, of the served model's name where only a version is given. */
    StoredBundle find(String wanted) throws IOException {
        int at = wanted.lastIndexOf('@');
        String name = at < 0
                ? served(announcements().served(), "no name to complete " + wanted)
                        .name()
                : wanted.substring(0, at);
        String version = wanted.substring(at + 1);
        return registry.find(name, version)
                .orElseThrow(() -> new UserException(registry.directory() + ": no " + name + "@" + version
                        + " (expected: one that smsieve models list shows)"));
    }

    /** The bundle that is served. */
    StoredBundle current() throws IOException {
        Announcement current = served(announcements().served(), "no model to show");
        return registry.find(current.name(), current.version())
                .orElseThrow(() -> new UserException(registry.directory() + ": no " + current.model()
                        + " (it was published from another registry, " + current.location() + ")"));
    }

    private Announcement served(Optional<Announcement> current, String otherwise) {
        return current.orElseThrow(() -> new UserException(otherwise + ": nothing is announced on " + topics.models()
                + " (expected: NAME@VERSION, or a model announced by smsieve models publish DIR)"));
    }

    private void announce(Announcement announcement, Optional<Announcement> before, PrintWriter out) {
        topics.announce(announcement, LIMIT);
        out.println(announcement.model() + " is announced on " + topics.models() + " in place of " + served(before));
        out.flush();
    }

    private static String served(Optional<Announcement> current) {
        return current.map(Announcement::model).orElse("the models that the apps start with");
    }
}
