package org.smsieve.trainer.data;

import java.util.Objects;

/**
 * Where a data set was read from.
 *
 * @param name the file's or directory's name, without its path
 * @param sha256 of the file's bytes; of a data directory's, those of {@code train.csv}, {@code validation.csv} and
 *     {@code test.csv} one after the other; 64 lower-case hexadecimal digits
 */
public record Source(String name, String sha256) {
    public Source {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(sha256, "sha256");
    }
}
