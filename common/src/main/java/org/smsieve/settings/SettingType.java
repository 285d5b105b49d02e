package org.smsieve.settings;

import java.util.function.Function;

/**
 * What values a setting takes.
 *
 * @param rule the rule as an error tells it
 * @param parser reads a value; throws {@link IllegalArgumentException} if it breaks the rule
 */
public record SettingType<T>(String rule, Function<String, T> parser) {}
