package org.smsieve.trainer.data;

/** Finds the rows of a file in one format. */
@FunctionalInterface
interface RowParser {
    /** Gives each row of {@code content}, good or bad, to {@code rows}; empty lines are none. */
    void parse(String content, RowCollector rows);
}
