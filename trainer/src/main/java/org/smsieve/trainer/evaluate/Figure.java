package org.smsieve.trainer.evaluate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** How figures are written for a person, in any locale: {@code –} where there is none. */
public final class Figure {
    private static final String NONE = "–";
    private static final MathContext DIGITS = new MathContext(4);

    private Figure() {}

    /** A share as {@code 98.67 %}. */
    public static String percent(Double share) {
        return share == null ? NONE : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    /** Both ends of an interval, as {@code 96.6–99.5 %}. */
    public static String percent(Interval interval) {
        return interval == null
                ? NONE
                : String.format(Locale.ROOT, "%.1f–%.1f %%", 100 * interval.low(), 100 * interval.high());
    }

    /** Four decimals, as {@code 0.9669}. */
    public static String decimal(Double value) {
        return value == null ? NONE : String.format(Locale.ROOT, "%.4f", value);
    }

    /** With thousands apart, as {@code 5,574}. */
    public static String count(int count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Up to four significant digits, without an exponent or zeros at the end, as {@code 0.1}. */
    public static String plain(double value) {
        return plain(new BigDecimal(value, DIGITS));
    }

    /** A probability with as many digits as tell it from 0 and from 1, as {@code 0.99999982}. */
    public static String probability(double probability) {
        return probability <= 0.5
                ? plain(probability)
                : plain(BigDecimal.ONE.subtract(new BigDecimal(1 - probability, DIGITS)));
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
