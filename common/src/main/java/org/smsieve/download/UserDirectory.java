package org.smsieve.download;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where files of this user are kept between runs. */
public enum UserDirectory {
    /** Of what can be fetched again. */
    CACHE("SMSIEVE_CACHE", "XDG_CACHE_HOME", Path.of(".cache"), Path.of("Library", "Caches")),
    /** Of what cannot. */
    DATA("", "XDG_DATA_HOME", Path.of(".local", "share"), Path.of("Library", "Application Support"));

    private final String variable;
    private final String xdgVariable;
    private final Path usual;
    private final Path usualOnMac;

    UserDirectory(String variable, String xdgVariable, Path usual, Path usualOnMac) {
        this.variable = variable;
        this.xdgVariable = xdgVariable;
        this.usual = usual;
        this.usualOnMac = usualOnMac;
    }

    /** The environment variable that names another place; empty if there is none. */
    public String variable() {
        return variable;
    }

    /** The directory, which may not exist yet. */
    public Path path() {
        return path(System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
    }

    /**
     * As {@link #variable} says; else where the operating system keeps such files.
     *
     * @param environment the environment's variables
     * @param system the operating system's name, as in the property {@code os.name}
     * @param home the user's home directory
     */
    Path path(Map<String, String> environment, String system, Path home) {
        String chosen = environment.getOrDefault(variable, "");
        if (!chosen.isBlank()) {
            return Path.of(chosen).toAbsolutePath();
        }
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) {
            return home.resolve(usualOnMac).resolve("smsieve");
        }
        boolean windows = name.startsWith("windows");
        String base = environment.getOrDefault(windows ? "LOCALAPPDATA" : xdgVariable, "");
        // The XDG specification says that a relative path is to be ignored.
        if (base.isBlank() || !Path.of(base).isAbsolute()) {
            return home.resolve(windows ? Path.of("AppData", "Local") : usual).resolve("smsieve");
        }
        return Path.of(base, "smsieve");
    }
}
