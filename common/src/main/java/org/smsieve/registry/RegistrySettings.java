package org.smsieve.registry;

import static org.smsieve.settings.Types.TOPIC;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.smsieve.download.UserDirectory;
import org.smsieve.settings.Setting;
import org.smsieve.settings.SettingType;
import org.smsieve.settings.SettingValues;

/** The settings that the app and the commands which publish models share. */
public final class RegistrySettings {
    /** Where bundles are published to. */
    public static final Setting<String> LOCATION = new Setting<>(
            "registry.location",
            "",
            new SettingType<>("a directory", value -> value),
            "The directory to which train --publish and models write bundles; none: registry in the user's data"
                    + " directory. The app itself follows the announcements.");

    /** By what address apps find them. */
    public static final Setting<Optional<URI>> URL = new Setting<>(
            "registry.url",
            "",
            new SettingType<>("an http: or https: address", RegistrySettings::url),
            "The address under which an HTTP server serves registry.location to the apps; none: they read it as a"
                    + " directory.");

    /** The topic of the announcements. */
    public static final Setting<String> MODELS_TOPIC = new Setting<>(
            "topics.models", "sms-models", TOPIC, "The topic on which models are announced; a compacted one.");

    /** The topic of the apps' reports. */
    public static final Setting<String> REPORTS_TOPIC = new Setting<>(
            "topics.model-reports",
            "sms-model-reports",
            TOPIC,
            "The topic on which apps report which model they serve, for models list.");

    private RegistrySettings() {}

    /** All of them, in the order of the documentation. */
    public static List<Setting<?>> all() {
        return List.of(MODELS_TOPIC, REPORTS_TOPIC, LOCATION, URL);
    }

    /** The registry that the settings name. */
    public static Registry registry(SettingValues values) {
        String location = values.get(LOCATION);
        return new Registry(
                location.isBlank() ? UserDirectory.DATA.path().resolve("registry") : Path.of(location),
                values.get(URL));
    }

    private static Optional<URI> url(String value) {
        if (value.isBlank()) {
            return Optional.empty();
        }
        try {
            URI url = new URI(value);
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null) {
                return Optional.of(url);
            }
        } catch (URISyntaxException e) {
            // As any other that is none.
        }
        throw new IllegalArgumentException(value);
    }
}
