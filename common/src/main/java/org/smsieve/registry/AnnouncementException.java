package org.smsieve.registry;

/** A record on the models' topic that announces nothing. The message says what is wrong with it. */
public final class AnnouncementException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AnnouncementException(String message) {
        super(message);
    }

    AnnouncementException(String message, Throwable cause) {
        super(message, cause);
    }
}
