package org.smsieve.app.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Who sends a request: the page itself, or another site's. Any site that a user visits can have the browser send
 * requests to this machine. Browsers say where they come from, and a site that gives its own name this machine's
 * address is told by the name.
 */
final class Caller {
    /** A name that somebody else can point anywhere is not among these. */
    private static final Pattern ADDRESS = Pattern.compile("\\[[0-9A-Fa-f:.%]+]|\\d{1,3}(\\.\\d{1,3}){3}");

    private static final Pattern PORT = Pattern.compile(":\\d{0,5}$");

    private final String host;

    /**
     * For an app that is served under a name.
     *
     * @param host of {@code http.host}
     */
    Caller(String host) {
        this.host = host.toLowerCase(Locale.ROOT);
    }

    /** Whether the request was sent to an address, to localhost, or to the name that the app is served on. */
    boolean meansThisApp(HttpExchange exchange) {
        String authority = only(exchange.getRequestHeaders(), "Host");
        if (authority == null) {
            return false;
        }
        String name = PORT.matcher(authority).replaceFirst("").toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.equals(host)
                || ADDRESS.matcher(name).matches();
    }

    /** Whether the request is from another site's page. Programs that are no browsers say nothing, and may. */
    static boolean isAnotherSite(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        String site = headers.getFirst("Sec-Fetch-Site");
        if (site != null) {
            // The browser's own judgement, which holds behind a proxy that sends another Host too.
            return !site.equals("same-origin") && !site.equals("none");
        }
        return headers.containsKey("Origin") && !isOf(only(headers, "Origin"), only(headers, "Host"));
    }

    private static boolean isOf(String origin, String authority) {
        if (origin == null || authority == null) {
            return false;
        }
        try {
            // By the authority alone: a proxy may speak https to the browser.
            String from = URI.create(origin).getAuthority();
            return from != null && from.equalsIgnoreCase(authority);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String only(Headers headers, String name) {
        List<String> values = headers.get(name);
        return values == null || values.size() != 1 ? null : values.get(0);
    }
}
