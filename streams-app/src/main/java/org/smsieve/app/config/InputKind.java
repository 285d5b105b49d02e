package org.smsieve.app.config;

/** What an inbound value holds. */
enum InputKind {
    /** UTF-8 text. */
    TEXT,
    /** A JSON object that holds the text. */
    JSON
}
