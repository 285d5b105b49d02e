package org.smsieve.app.live;

import java.time.Instant;
import java.util.Optional;
import org.smsieve.classifier.Verdict;

/**
 * A record that has been forwarded.
 *
 * @param number counts them, from 1
 * @param time when
 * @param verdict what the classifier said; none on a dead letter
 * @param deadLetter the reason's tag of a dead letter
 * @param text the message's, at most {@link LatestMessages#MAX_CHARACTERS} of it; empty where it could not be read
 * @param cut whether there is more of it
 */
public record LatestMessage(
        long number, Instant time, Optional<Verdict> verdict, Optional<String> deadLetter, String text, boolean cut) {}
