package org.smsieve.trainer.data;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a data set goes into each part of a split.
 *
 * @param train per cent, 1 to 100
 * @param validation per cent, 0 to 99; 0 for no validation part
 * @param test per cent, 0 to 99; the three add up to 100
 */
public record Proportions(int train, int validation, int test) {
    /** 70 / 10 / 20 per cent, as in the book. */
    public static final Proportions DEFAULT = new Proportions(70, 10, 20);

    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,3})/(\\d{1,3})/(\\d{1,3})");

    /** @throws IllegalArgumentException if a number is out of its range or they do not add up to 100 */
    public Proportions {
        if (train < 1 || validation < 0 || test < 0 || train + validation + test != 100) {
            throw new IllegalArgumentException(train + "/" + validation + "/" + test
                    + " (expected: per cent for training, validation and test that add up to 100, training not 0)");
        }
    }

    /**
     * Reads {@code TRAIN/VALIDATION/TEST}, such as {@code 70/10/20}.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static Proportions parse(String written) {
        Matcher matcher = WRITTEN.matcher(written);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(written + " (expected: TRAIN/VALIDATION/TEST in per cent, as 70/10/20)");
        }
        return new Proportions(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }

    /** How many parts are not empty. */
    int parts() {
        return 1 + Integer.signum(validation) + Integer.signum(test);
    }
}
