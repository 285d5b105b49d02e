package org.smsieve.app.config;

import static org.smsieve.app.config.Setting.environmentName;
import static org.smsieve.app.config.Settings.OUTPUT_TOPIC_PREFIX;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.smsieve.app.config.AppConfig.Http;
import org.smsieve.app.config.AppConfig.Model;
import org.smsieve.app.config.AppConfig.Processing;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.command.UserException;
import org.smsieve.message.InboundReader;
import org.smsieve.message.InputFormat;

/**
 * Collects settings: from a properties file in UTF-8, then from environment variables, then one by one; of one key the
 * last value counts. A key that the catalogue does not have is an error. For use by one thread.
 */
public final class SettingsReader {
    private static final List<String> KEYS = Stream.concat(
                    Settings.all().stream().map(Setting::key), Stream.of(KafkaSettings.PREFIX + "bootstrap.servers"))
            .toList();
    private static final String KAFKA_VARIABLE = environmentName(KafkaSettings.PREFIX);
    private static final String OUTPUT_VARIABLE = environmentName(OUTPUT_TOPIC_PREFIX);

    private final Map<String, String> values = new HashMap<>();

    /** Takes the settings of a properties file. */
    public SettingsReader file(Path file) {
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
        new TreeMap<>(properties).forEach((key, value) -> set((String) key, ((String) value).strip()));
        return this;
    }

    /**
     * Takes the settings among environment variables: {@code SMSIEVE_} and the key in upper case, its dots and hyphens
     * as underscores. Other variables of that prefix are left alone, for Kubernetes and the launcher set some, unless
     * one is a near miss.
     */
    public SettingsReader environment(Map<String, String> variables) {
        Map<String, String> keys = new TreeMap<>();
        KEYS.forEach(key -> keys.put(environmentName(key), key));
        new TreeMap<>(variables).forEach((name, value) -> {
            if (keys.containsKey(name)) {
                set(keys.get(name), value);
            } else if (name.startsWith(KAFKA_VARIABLE) || name.startsWith(OUTPUT_VARIABLE)) {
                set(keyOf(name), value);
            } else {
                Optional<String> meant = Nearest.to(name, keys.keySet(), 2);
                if (meant.isPresent()) {
                    throw new UserException(name + ": unknown variable (did you mean " + meant.get() + "?)");
                }
            }
        });
        return this;
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
     * @throws UserException if the catalogue has no such key
     */
    public SettingsReader set(String key, String value) {
        if (!key.startsWith(KafkaSettings.PREFIX) && !key.startsWith(OUTPUT_TOPIC_PREFIX) && !KEYS.contains(key)) {
            String suggestion = Nearest.to(key, KEYS, Integer.MAX_VALUE).orElseThrow();
            throw new UserException(key + ": unknown setting (did you mean " + suggestion
                    + "? smsieve stream --list-settings shows all)");
        }
        values.put(key, value);
        return this;
    }

    /**
     * The settings together, those that nobody set at their defaults.
     *
     * @throws UserException if a value breaks its rule
     */
    public AppConfig read() {
        Topics topics = new Topics(
                get(Settings.INPUT_TOPIC),
                under(OUTPUT_TOPIC_PREFIX),
                get(Settings.DEAD_LETTER_TOPIC),
                get(Settings.CREATE_TOPICS),
                get(Settings.TOPIC_PARTITIONS),
                get(Settings.TOPIC_REPLICATION).shortValue());
        InputFormat format = get(Settings.INPUT_FORMAT) == InputKind.TEXT
                ? new InputFormat.Text()
                : new InputFormat.Json(get(Settings.INPUT_POINTER));
        Optional<Path> bundle =
                Optional.of(get(Settings.MODEL)).filter(name -> !name.isBlank()).map(Path::of);
        return new AppConfig(
                get(Settings.APPLICATION_ID),
                topics,
                new Processing(get(Settings.GUARANTEE), get(Settings.COMMIT_INTERVAL), get(Settings.THREADS)),
                new InboundReader(format, get(Settings.INPUT_MAX_BYTES)),
                get(Settings.OUTPUT_FORMAT),
                new Model(bundle, new ComputeOptions(get(Settings.DEVICE), get(Settings.PRECISION))),
                new BatchLimits(
                        get(Settings.BATCH_RECORDS), get(Settings.BATCH_TOKENS), get(Settings.CLASSIFY_TIMEOUT)),
                new Http(get(Settings.HTTP_HOST), get(Settings.HTTP_PORT)),
                get(Settings.START_TIMEOUT),
                get(Settings.SHUTDOWN_TIMEOUT),
                new KafkaSettings(under(KafkaSettings.PREFIX)));
    }

    private <T> T get(Setting<T> setting) {
        return setting.parse(values.getOrDefault(setting.key(), setting.defaultValue()));
    }

    private Map<String, String> under(String prefix) {
        Map<String, String> found = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }
}
