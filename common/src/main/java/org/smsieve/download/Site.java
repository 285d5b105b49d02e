package org.smsieve.download;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import org.smsieve.command.UserException;

/**
 * A web site that files come from, or a mirror of it with the same paths.
 *
 * @param base an http or https address without a slash at its end
 */
public record Site(String base) {
    private static final int MAX_PORT = 65_535;

    /**
     * The site that the user's environment says, else the usual one.
     *
     * @param variable the environment's variable for a mirror
     * @throws UserException if the mirror is not an http or https address
     */
    public static Site of(Map<String, String> environment, String variable, String usual) {
        String mirror = environment.getOrDefault(variable, "").strip();
        if (mirror.isEmpty()) {
            return new Site(usual);
        }
        if (!isAddress(mirror)) {
            throw new UserException(variable + ": " + mirror + " (expected: an address such as " + usual + ")");
        }
        return new Site(mirror.replaceFirst("/+$", ""));
    }

    private static boolean isAddress(String text) {
        try {
            URI address = new URI(text);
            // A host's name has no underscore: with one Java finds no host.
            return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getPort() <= MAX_PORT
                    && address.getRawQuery() == null
                    && address.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** The address of a file by its path, which begins with a slash. */
    public URI at(String path) {
        return URI.create(base + path);
    }
}
