package org.smsieve.app.swap;

import java.util.List;
import org.smsieve.app.microbatch.MicroBatchListener;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/** Where the engine finds the shadow of the moment, if there is one. Safe for use by several threads. */
public final class ShadowSlot implements MicroBatchListener {
    private volatile Shadow shadow;

    void set(Shadow next) {
        shadow = next;
    }

    Shadow get() {
        return shadow;
    }

    @Override
    public void classified(List<Tokens> messages, List<Verdict> verdicts, long nanos) {
        Shadow current = shadow;
        if (current != null) {
            current.offer(messages, verdicts, nanos);
        }
    }
}
