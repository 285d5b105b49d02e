package org.smsieve.app.live;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.smsieve.classifier.Verdict;

/** The last few messages, of bounded length. Safe for use by several threads. */
final class LatestMessages {
    /** How many are kept. */
    static final int KEPT = 25;

    /** How much of a text is kept, in chars: more than the longest SMS. */
    static final int MAX_CHARACTERS = 2_000;

    private final Clock clock;
    private final Deque<LatestMessage> messages = new ArrayDeque<>();
    private long count;

    LatestMessages(Clock clock) {
        this.clock = clock;
    }

    void add(Optional<Verdict> verdict, Optional<String> deadLetter, String text) {
        boolean cut = text.length() > MAX_CHARACTERS;
        String start = cut ? text.substring(0, end(text)) : text;
        synchronized (this) {
            count++;
            messages.addFirst(new LatestMessage(count, clock.instant(), verdict, deadLetter, start, cut));
            if (messages.size() > KEPT) {
                messages.removeLast();
            }
        }
    }

    /** Not between the two halves of a character. */
    private static int end(String text) {
        return Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 1)) ? MAX_CHARACTERS - 1 : MAX_CHARACTERS;
    }

    /** The last one first. */
    synchronized List<LatestMessage> list() {
        return List.copyOf(messages);
    }
}
