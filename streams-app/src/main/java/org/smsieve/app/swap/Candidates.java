package org.smsieve.app.swap;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.bundle.Bundle;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.download.Patience;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.BundleFetcher;

/** From an announcement to a classifier that is ready to serve: fetched, checked, loaded. For use by one thread. */
public final class Candidates {
    private static final Logger LOG = LoggerFactory.getLogger(Candidates.class);
    private static final long POLL_MILLIS = 50;

    private final BundleFetcher fetcher;
    private final ModelLoader loader;
    private final Set<String> labels;
    private final Patience patience;

    /** Somebody announced something else meanwhile. */
    static final class SupersededException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * A source of candidates.
     *
     * @param labels those that there are topics for
     * @param patience how often in a row a bundle that cannot be had is tried for, and how long between
     */
    public Candidates(BundleFetcher fetcher, ModelLoader loader, List<String> labels, Patience patience) {
        this.fetcher = fetcher;
        this.loader = loader;
        this.labels = new TreeSet<>(labels);
        this.patience = patience;
    }

    /** The model that the settings name. */
    BatchClassifier configured() {
        return loader.configured();
    }

    /**
     * Brings a bundle and loads it.
     *
     * @param isWanted whether it still is, asked now and then
     * @return the caller closes it
     * @throws SupersededException if it is not wanted any more
     * @throws IOException if it cannot be had
     * @throws RuntimeException if it fails a check
     */
    BatchClassifier load(Announcement announcement, BooleanSupplier isWanted)
            throws IOException, SupersededException, InterruptedException {
        Bundle bundle = fetch(announcement, isWanted);
        Set<String> unknown = new TreeSet<>(bundle.manifest().labels());
        unknown.removeAll(labels);
        if (!unknown.isEmpty()) {
            throw new CheckpointException("labels: " + bundle.manifest().labels() + " (expected: of " + labels
                    + "; for others set topics.output.LABEL and start the app anew)");
        }
        return loader.load(bundle);
    }

    private Bundle fetch(Announcement announcement, BooleanSupplier isWanted)
            throws IOException, SupersededException, InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                return fetcher.fetch(announcement);
            } catch (IOException e) {
                if (failures >= patience.attempts()) {
                    throw e;
                }
                LOG.debug("{}: attempt {} failed: {}", announcement.model(), failures, e.toString());
            }
            long deadline = System.nanoTime() + patience.pauseAfter(failures).toNanos();
            do {
                if (!isWanted.getAsBoolean()) {
                    throw new SupersededException();
                }
                Thread.sleep(POLL_MILLIS);
            } while (System.nanoTime() < deadline);
        }
    }
}
