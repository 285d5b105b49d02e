package org.smsieve.bundle;

/**
 * What something was made from.
 *
 * @param name a name a person knows it by, such as {@code random:gpt2} or a file's name
 * @param sha256 of its bytes, in lower-case hexadecimal ({@link Sha256#of(java.util.List)} of sharded weights); null
 *     where there are none, as for random weights
 */
public record Origin(String name, String sha256) {}
