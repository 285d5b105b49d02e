package org.smsieve.text;

import java.util.Arrays;

/** The token ids of one text, in order; empty for an empty text. Immutable, safe for use by several threads. */
public final class Tokens {
    private final int[] ids;

    private Tokens(int[] ids) {
        this.ids = ids;
    }

    /**
     * Token ids as given.
     *
     * @param ids each in [0, vocabulary size); copied
     */
    public static Tokens of(int... ids) {
        return new Tokens(ids.clone());
    }

    /** Takes the array as it is: the caller must not change it afterwards. */
    static Tokens wrap(int[] ids) {
        return new Tokens(ids);
    }

    /** How many tokens there are. */
    public int length() {
        return ids.length;
    }

    /** The id at {@code index} in [0, {@link #length()}). */
    public int id(int index) {
        return ids[index];
    }

    /** A copy of the ids. */
    public int[] toArray() {
        return ids.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
