package org.smsieve.command;

/**
 * Something the user can mend: a missing file, a wrong setting, an unreachable broker. Commands print its message on
 * one line of stderr, without a stack trace, and exit with 1.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error said in {@code message}: what is wrong, with the setting and its value, and what to do. */
    public UserException(String message) {
        super(message);
    }

    /** As above, with the error that led to it, which is logged at debug level only. */
    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
