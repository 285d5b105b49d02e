package org.smsieve.download;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where downloaded files are kept between runs. */
public final class CacheDirectory {
    /** The environment variable that names another place. */
    public static final String VARIABLE = "SMSIEVE_CACHE";

    private CacheDirectory() {}

    /** This user's cache directory, which may not exist yet. */
    public static Path ofUser() {
        return of(System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
    }

    /**
     * As {@link #VARIABLE} says; else where the operating system keeps such files.
     *
     * @param environment the environment's variables
     * @param system the operating system's name, as in the property {@code os.name}
     * @param home the user's home directory
     */
    static Path of(Map<String, String> environment, String system, Path home) {
        String chosen = environment.getOrDefault(VARIABLE, "");
        if (!chosen.isBlank()) {
            return Path.of(chosen).toAbsolutePath();
        }
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) {
            return home.resolve("Library").resolve("Caches").resolve("smsieve");
        }
        boolean windows = name.startsWith("windows");
        String base = environment.getOrDefault(windows ? "LOCALAPPDATA" : "XDG_CACHE_HOME", "");
        // The XDG specification says that a relative path is to be ignored.
        if (base.isBlank() || !Path.of(base).isAbsolute()) {
            Path usual = windows ? home.resolve("AppData").resolve("Local") : home.resolve(".cache");
            return usual.resolve("smsieve");
        }
        return Path.of(base, "smsieve");
    }
}
