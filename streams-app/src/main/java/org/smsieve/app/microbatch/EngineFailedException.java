package org.smsieve.app.microbatch;

/** The engine classifies nothing any more: no verdict will come, and the app must stop without committing. */
public final class EngineFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EngineFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
