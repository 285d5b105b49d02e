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
}
