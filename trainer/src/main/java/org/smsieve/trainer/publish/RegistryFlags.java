package org.smsieve.trainer.publish;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.smsieve.registry.ModelTopics;
import org.smsieve.registry.RegistrySettings;
import org.smsieve.settings.Setting;
import org.smsieve.settings.SettingValues;
import picocli.CommandLine.Option;

/** The flags that say where models are published: those of the app, whose settings file serves here too. */
public final class RegistryFlags {
    private static final String DEFAULT_BROKERS = "localhost:9092";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The app's settings file. Of it, and of the environment, only kafka.*, topics.models,"
                    + " topics.model-reports, registry.location and registry.url count here.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One such setting. May be repeated. kafka.bootstrap.servers is " + DEFAULT_BROKERS
                    + " where nobody sets it.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** Whether any of them was given. */
    public boolean areGiven() {
        return file != null || !settings.isEmpty();
    }

    /**
     * The registry and the brokers that they name.
     *
     * @throws org.smsieve.command.UserException if a setting breaks its rule
     */
    public Publisher publisher() {
        SettingValues values = new SettingValues(
                Stream.concat(
                                RegistrySettings.all().stream().map(Setting::key),
                                Stream.of(SettingValues.BOOTSTRAP_SERVERS))
                        .toList(),
                true);
        values.set(SettingValues.BOOTSTRAP_SERVERS, DEFAULT_BROKERS);
        if (file != null) {
            values.file(file);
        }
        values.environment(System.getenv());
        settings.forEach(values::set);
        return new Publisher(RegistrySettings.registry(values), ModelTopics.of(values));
    }
}
