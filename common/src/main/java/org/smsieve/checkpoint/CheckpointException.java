package org.smsieve.checkpoint;

/** A checkpoint or bundle that cannot be used as it is. The message names the file and what is wrong with it. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Something wrong, said in {@code message}. */
    public CheckpointException(String message) {
        super(message);
    }

    /** As above, with the error that led to it. */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
