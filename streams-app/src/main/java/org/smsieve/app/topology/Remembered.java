package org.smsieve.app.topology;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.CompletableFuture;
import org.smsieve.app.metrics.AppMetrics;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/**
 * Spam comes in waves: what was classified lately, or is in work, is not classified again. A verdict depends on the
 * text and the model alone, and is found by both. Safe for use by several threads.
 */
public final class Remembered {
    private final MicroBatcher engine;
    private final AppMetrics metrics;
    private final int most;
    private final Cache<Key, CompletableFuture<Verdict>> verdicts;

    /** A text under a model: the first half of the SHA-256 of its tokens, which nobody can make coincide. */
    private record Key(String model, long high, long low) {}

    /**
     * Nothing remembered yet.
     *
     * @param engine classifies what is not remembered
     * @param most how many verdicts are kept, at least 0; those used least go first
     * @param metrics counts what is found
     */
    public Remembered(MicroBatcher engine, int most, AppMetrics metrics) {
        this.engine = engine;
        this.metrics = metrics;
        this.most = most;
        verdicts =
                Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
    }

    /** The verdict on a message of a poll, as {@link MicroBatcher#submit}; one that fails is not remembered. */
    CompletableFuture<Verdict> submit(Tokens message, Poll poll) {
        if (most == 0) {
            return submitNew(message, poll);
        }
        Key key = key(engine.info().model(), message);
        CompletableFuture<Verdict> known = verdicts.getIfPresent(key);
        metrics.remembered(known != null);
        if (known != null) {
            poll.remembered(known);
            return known;
        }
        CompletableFuture<Verdict> verdict = submitNew(message, poll);
        verdicts.put(key, verdict);
        CompletableFuture<Verdict> unused = verdict.whenComplete((given, error) -> {
            // It failed, or the models were changed in between.
            if (given == null || !given.model().equals(key.model())) {
                verdicts.asMap().remove(key, verdict);
            }
        });
        return verdict;
    }

    private CompletableFuture<Verdict> submitNew(Tokens message, Poll poll) {
        CompletableFuture<Verdict> verdict = engine.submit(message);
        poll.submitted(verdict);
        return verdict;
    }

    private static Key key(String model, Tokens message) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * message.length());
        for (int i = 0; i < message.length(); i++) {
            bytes.putInt(message.id(i));
        }
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
            return new Key(model, digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }
}
