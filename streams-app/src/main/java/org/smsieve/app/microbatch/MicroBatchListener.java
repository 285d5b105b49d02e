package org.smsieve.app.microbatch;

/** Is told of each micro-batch, on the engine's thread. Must be quick, and not throw. */
@FunctionalInterface
public interface MicroBatchListener {
    /**
     * A micro-batch was classified.
     *
     * @param records its messages
     * @param tokens the tokens the model read of them
     * @param nanos how long it took
     */
    void classified(int records, int tokens, long nanos);
}
