package org.smsieve.settings;

import static org.smsieve.settings.Setting.environmentName;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.smsieve.command.UserException;

/**
 * Collects values of settings: from a properties file in UTF-8, then from environment variables, then one by one; of
 * one key the last value counts. For use by one thread.
 */
public final class SettingValues {
    /** What the names of Kafka's own settings begin with, {@value}. */
    public static final String KAFKA_PREFIX = "kafka.";

    /** The brokers, the one setting of Kafka that is known by its name here. */
    public static final String BOOTSTRAP_SERVERS = KAFKA_PREFIX + "bootstrap.servers";

    /** The prefix of the setting that names a label's topic; the label follows. */
    public static final String OUTPUT_TOPIC_PREFIX = "topics.output.";

    private static final String KAFKA_VARIABLE = environmentName(KAFKA_PREFIX);
    private static final String OUTPUT_VARIABLE = environmentName(OUTPUT_TOPIC_PREFIX);

    private final Collection<String> keys;
    private final boolean fileIsShared;
    private final Map<String, String> values = new HashMap<>();

    /**
     * No values yet.
     *
     * @param keys all there are, besides those of a prefix
     * @param fileIsShared whether a file may hold keys that others know; else they are errors
     */
    public SettingValues(Collection<String> keys, boolean fileIsShared) {
        this.keys = keys;
        this.fileIsShared = fileIsShared;
    }

    /** Takes the settings of a properties file. */
    public void file(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new UserException(file + ": no such file (expected: the app's settings, as KEY=VALUE lines)", e);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new UserException(file + ": not a properties file in UTF-8", e);
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read (" + e + ")", e);
        }
        new TreeMap<>(properties).forEach((key, value) -> {
            if (!fileIsShared || isKnown((String) key)) {
                set((String) key, ((String) value).strip());
            }
        });
    }

    /**
     * Takes the settings among environment variables: {@code SMSIEVE_} and the key in upper case, its dots and hyphens
     * as underscores. Other variables of that prefix are left alone, for Kubernetes and the launcher set some, unless
     * one is a near miss.
     */
    public void environment(Map<String, String> variables) {
        Map<String, String> names = new TreeMap<>();
        keys.forEach(key -> names.put(environmentName(key), key));
        new TreeMap<>(variables).forEach((name, value) -> {
            if (names.containsKey(name)) {
                set(names.get(name), value);
            } else if (name.startsWith(KAFKA_VARIABLE) || name.startsWith(OUTPUT_VARIABLE)) {
                set(keyOf(name), value);
            } else {
                Optional<String> meant = Nearest.to(name, names.keySet(), 2);
                if (meant.isPresent()) {
                    throw new UserException(name + ": unknown variable (did you mean " + meant.get() + "?)");
                }
            }
        });
    }

    private static String keyOf(String variable) {
        return variable.startsWith(OUTPUT_VARIABLE)
                ? OUTPUT_TOPIC_PREFIX
                        + variable.substring(OUTPUT_VARIABLE.length()).toLowerCase(Locale.ROOT)
                : variable.substring("SMSIEVE_".length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.');
    }

    /**
     * Takes one setting.
     *
     * @throws UserException if there is no such key
     */
    public void set(String key, String value) {
        if (!isKnown(key)) {
            if (key.isEmpty()) {
                throw new UserException("a setting without a name (expected: KEY=VALUE)");
            }
            String suggestion =
                    meant(key).map(name -> "did you mean " + name + "? ").orElse("");
            throw new UserException(
                    key + ": unknown setting (" + suggestion + "smsieve stream --list-settings shows all)");
        }
        values.put(key, value);
    }

    /** A name without its first part, or one that is mistyped in a character of three at most. */
    private Optional<String> meant(String key) {
        return keys.stream()
                .filter(name -> name.endsWith("." + key))
                .findFirst()
                .or(() -> Nearest.to(key, keys, Math.max(2, key.length() / 3)));
    }

    private boolean isKnown(String key) {
        return keys.contains(key)
                || List.of(KAFKA_PREFIX, OUTPUT_TOPIC_PREFIX).stream().anyMatch(key::startsWith);
    }

    /**
     * The value of a setting, its default where nobody set it.
     *
     * @throws UserException if it breaks its rule
     */
    public <T> T get(Setting<T> setting) {
        return setting.parse(values.getOrDefault(setting.key(), setting.defaultValue()));
    }

    /** The values whose keys begin with {@code prefix}, by what follows it. */
    public Map<String, String> under(String prefix) {
        Map<String, String> found = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }
}
