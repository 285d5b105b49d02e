package org.smsieve.settings;

import com.fasterxml.jackson.core.JsonPointer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds of values that settings take. */
public final class Types {
    /** Anything but nothing. */
    public static final SettingType<String> TEXT =
            new SettingType<>("a text, not empty", value -> check(value, !value.isBlank()));

    /** A name that Kafka takes for a topic. */
    public static final SettingType<String> TOPIC =
            form("a topic's name: 1 to 249 of A-Z a-z 0-9 . _ -", "(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

    /** {@code true} or {@code false}. */
    public static final SettingType<Boolean> BOOLEAN = new SettingType<>("true or false", value -> {
        check(value, value.equals("true") || value.equals("false"));
        return value.equals("true");
    });

    /** A place in a JSON object (RFC 6901). */
    public static final SettingType<JsonPointer> JSON_POINTER =
            new SettingType<>("a JSON pointer such as /text", value -> {
                check(value, value.startsWith("/"));
                return JsonPointer.compile(value);
            });

    private Types() {}

    /** A whole number in [min, max]. */
    public static SettingType<Integer> integer(int min, int max) {
        String rule = max == Integer.MAX_VALUE ? "an integer, at least " + min : "an integer in " + min + " to " + max;
        return new SettingType<>(rule, value -> {
            int number = Integer.parseInt(value);
            check(value, number >= min && number <= max);
            return number;
        });
    }

    /** A duration in milliseconds, at least {@code min}. */
    public static SettingType<Duration> millis(int min) {
        return new SettingType<>("milliseconds, at least " + min, value -> {
            int millis = Integer.parseInt(value);
            check(value, millis >= min);
            return Duration.ofMillis(millis);
        });
    }

    /** Constants of an enum, in lower case. */
    public static <E extends Enum<E>> SettingType<E> oneOf(Class<E> constants) {
        String rule = Arrays.stream(constants.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" or "));
        return new SettingType<>(rule, value -> {
            check(value, value.equals(value.toLowerCase(Locale.ROOT)));
            return Enum.valueOf(constants, value.toUpperCase(Locale.ROOT));
        });
    }

    /** A text of a form that a regular expression gives. */
    public static SettingType<String> form(String rule, String pattern) {
        return new SettingType<>(rule, value -> check(value, value.matches(pattern)));
    }

    private static String check(String value, boolean valid) {
        if (!valid) {
            throw new IllegalArgumentException(value);
        }
        return value;
    }
}
