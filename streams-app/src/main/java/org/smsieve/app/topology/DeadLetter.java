package org.smsieve.app.topology;

import org.smsieve.app.microbatch.RecordRejectedException;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.message.Inbound.Unreadable;

/**
 * Why a record is not labelled.
 *
 * @param reason its kind
 * @param exception the Java type that stands for it
 * @param detail what is wrong, without the message's text
 */
record DeadLetter(DeadLetterReason reason, String exception, String detail) {
    static DeadLetter of(Unreadable unreadable) {
        return new DeadLetter(unreadable.reason(), Unreadable.class.getName(), unreadable.detail());
    }

    static DeadLetter of(RecordRejectedException rejection) {
        return new DeadLetter(
                DeadLetterReason.REJECTED, rejection.getCause().getClass().getName(), rejection.getMessage());
    }
}
