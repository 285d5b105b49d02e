package org.smsieve.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.bundle.Origin;
import org.smsieve.bundle.Sha256;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.command.UserException;
import org.smsieve.download.Download;
import org.smsieve.download.DownloadException;
import org.smsieve.download.Downloader;
import org.smsieve.download.Patience;
import org.smsieve.download.Site;
import org.smsieve.download.UserDirectory;

/**
 * Published models, each fetched when it is first asked for and then kept, in {@code models/NAME/REVISION}.
 *
 * @param releases the models there are
 * @param site Hugging Face or a mirror of it
 * @param cache the directory to keep them in
 * @param downloader what fetches them
 */
record PretrainedModels(List<Gpt2Release> releases, Site site, Path cache, Downloader downloader) {
    /** The environment's variable for a mirror of Hugging Face. */
    static final String MIRROR = "SMSIEVE_HF_MIRROR";

    private static final String USUAL_SITE = "https://huggingface.co";
    private static final Logger LOG = LoggerFactory.getLogger(PretrainedModels.class);

    /** GPT-2 in its four sizes, in this user's cache. */
    static PretrainedModels ofUser() {
        return new PretrainedModels(
                Gpt2Release.ALL,
                Site.of(System.getenv(), MIRROR, USUAL_SITE),
                UserDirectory.CACHE.path(),
                new Downloader(Patience.DEFAULT));
    }

    /** The release of that name, if it is one. */
    Optional<Gpt2Release> find(String name) {
        return releases.stream().filter(release -> release.name().equals(name)).findFirst();
    }

    /**
     * Opens a release as a language model. Its checksum is computed each time: that is a small part of what reading and
     * running the weights takes, and finds what became of the file since.
     *
     * @throws UserException if it is neither there nor to be had: the message says which file to put where
     */
    BaseCheckpoint open(Gpt2Release release) throws IOException {
        Path directory = cache.resolve("models").resolve(release.name()).resolve(release.revision());
        Path weights = directory.resolve(Checkpoint.WEIGHTS_FILE);
        if (!Files.exists(weights)) {
            fetch(release, weights, "");
        } else {
            String found = Sha256.of(weights);
            if (!found.equals(release.sha256())) {
                String fault = "sha256 " + found + " (expected: " + release.sha256() + ")";
                LOG.warn("{}: {}; fetching it anew", weights, fault);
                fetch(release, weights, " in place of the one there, of " + fault);
            }
        }
        return new BaseCheckpoint(
                Checkpoint.open(directory, release.config()),
                new Origin(release.repository() + "@" + release.revision(), release.sha256()));
    }

    /** Fetches weights; {@code instead} says of what is in their place. */
    private void fetch(Gpt2Release release, Path weights, String instead) throws IOException {
        Download download = new Download(site.at(release.path()), weights, release.maxBytes(), release.sha256());
        try (DownloadBar bar = new DownloadBar(release.name())) {
            downloader.replace(download, bar);
        } catch (DownloadException e) {
            throw new UserException(
                    "base: " + release.name() + ": " + e.getMessage() + "; try again, set " + MIRROR
                            + " to a mirror of " + USUAL_SITE + ", or put that file at " + weights + instead,
                    e);
        }
    }
}
