package org.smsieve.app.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.smsieve.app.config.AppConfig.Announced;
import org.smsieve.app.config.AppConfig.Http;
import org.smsieve.app.config.AppConfig.Model;
import org.smsieve.app.config.AppConfig.Processing;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.command.UserException;
import org.smsieve.message.InboundReader;
import org.smsieve.message.InputFormat;
import org.smsieve.registry.RegistrySettings;
import org.smsieve.settings.Setting;
import org.smsieve.settings.SettingValues;

/**
 * Collects settings: from a properties file in UTF-8, then from environment variables, then one by one; of one key the
 * last value counts. A key that the catalogue does not have is an error. For use by one thread.
 */
public final class SettingsReader {
    private static final List<String> KEYS = Stream.concat(
                    Settings.all().stream().map(Setting::key), Stream.of(SettingValues.BOOTSTRAP_SERVERS))
            .toList();

    private final SettingValues values = new SettingValues(KEYS, false);

    /** Takes the settings of a properties file. */
    public SettingsReader file(Path file) {
        values.file(file);
        return this;
    }

    /** Takes the settings among environment variables. */
    public SettingsReader environment(Map<String, String> variables) {
        values.environment(variables);
        return this;
    }

    /**
     * Takes one setting.
     *
     * @throws UserException if the catalogue has no such key
     */
    public SettingsReader set(String key, String value) {
        values.set(key, value);
        return this;
    }

    /**
     * The settings together, those that nobody set at their defaults.
     *
     * @throws UserException if a value breaks its rule
     */
    public AppConfig read() {
        Topics topics = new Topics(
                values.get(Settings.INPUT_TOPIC),
                values.under(SettingValues.OUTPUT_TOPIC_PREFIX),
                values.get(Settings.DEAD_LETTER_TOPIC),
                values.get(Settings.CREATE_TOPICS),
                values.get(Settings.TOPIC_PARTITIONS),
                values.get(Settings.TOPIC_REPLICATION).shortValue());
        InputFormat format = values.get(Settings.INPUT_FORMAT) == InputKind.TEXT
                ? new InputFormat.Text()
                : new InputFormat.Json(values.get(Settings.INPUT_POINTER));
        Optional<Path> bundle = Optional.of(values.get(Settings.MODEL))
                .filter(name -> !name.isBlank())
                .map(Path::of);
        return new AppConfig(
                values.get(Settings.APPLICATION_ID),
                topics,
                new Processing(
                        values.get(Settings.GUARANTEE),
                        values.get(Settings.COMMIT_INTERVAL),
                        values.get(Settings.THREADS)),
                new InboundReader(format, values.get(Settings.INPUT_MAX_BYTES)),
                values.get(Settings.OUTPUT_FORMAT),
                new Model(bundle, new ComputeOptions(values.get(Settings.DEVICE), values.get(Settings.PRECISION))),
                new Announced(
                        values.get(RegistrySettings.MODELS_TOPIC),
                        values.get(RegistrySettings.REPORTS_TOPIC),
                        (long) values.get(Settings.MODELS_MAX_MEGABYTES) << 20,
                        values.get(Settings.MODELS_START_TIMEOUT)),
                new BatchLimits(
                        values.get(Settings.BATCH_RECORDS),
                        values.get(Settings.BATCH_TOKENS),
                        values.get(Settings.CLASSIFY_TIMEOUT)),
                values.get(Settings.REMEMBERED),
                new Http(
                        values.get(Settings.HTTP_HOST),
                        values.get(Settings.HTTP_PORT),
                        values.get(Settings.HTTP_SHOW_MESSAGES),
                        values.get(Settings.HTTP_ACCEPT_MESSAGES)),
                values.get(Settings.START_TIMEOUT),
                values.get(Settings.SHUTDOWN_TIMEOUT),
                new KafkaSettings(values.under(KafkaSettings.PREFIX)));
    }
}
