package org.smsieve.app.microbatch;

import java.util.List;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/** Is told of each micro-batch, on the engine's thread. Must be quick, and not throw. */
@FunctionalInterface
public interface MicroBatchListener {
    /**
     * A micro-batch was classified.
     *
     * @param messages its messages
     * @param verdicts one on each
     * @param nanos how long it took
     */
    void classified(List<Tokens> messages, List<Verdict> verdicts, long nanos);

    /**
     * A micro-batch has taken a message.
     *
     * @param waitedNanos how long after it was submitted
     */
    default void taken(long waitedNanos) {}

    /** One that tells two others. */
    static MicroBatchListener both(MicroBatchListener first, MicroBatchListener second) {
        return new MicroBatchListener() {
            @Override
            public void classified(List<Tokens> messages, List<Verdict> verdicts, long nanos) {
                first.classified(messages, verdicts, nanos);
                second.classified(messages, verdicts, nanos);
            }

            @Override
            public void taken(long waitedNanos) {
                first.taken(waitedNanos);
                second.taken(waitedNanos);
            }
        };
    }
}
