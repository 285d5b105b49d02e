package org.smsieve.app.microbatch;

/** The model fails on this one message while it classifies others: the message is a dead letter. */
public final class RecordRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RecordRejectedException(RuntimeException cause) {
        super("the model fails on this message alone: " + cause.getClass().getName(), cause);
    }
}
