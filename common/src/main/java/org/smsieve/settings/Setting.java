package org.smsieve.settings;

import java.util.Locale;
import org.smsieve.command.UserException;

/**
 * One setting of the catalogue.
 *
 * @param key its name, such as {@code stream.threads}
 * @param defaultValue the value it has when nobody sets it, as text
 * @param type what values it takes
 * @param description what it does, a sentence
 */
public record Setting<T>(String key, String defaultValue, SettingType<T> type, String description) {
    /**
     * Reads a value of this setting.
     *
     * @throws UserException if it breaks the rule
     */
    public T parse(String value) {
        try {
            return type.parser().apply(value);
        } catch (IllegalArgumentException e) {
            throw invalid(key, value, type.rule());
        }
    }

    /** The name of the environment variable that sets {@code key}. */
    public static String environmentName(String key) {
        return "SMSIEVE_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The error of a value that breaks its rule. */
    public static UserException invalid(String key, Object value, String rule) {
        return new UserException(key + ": " + value + " (expected: " + rule + ")");
    }
}
