package org.smsieve.download;

import java.net.ConnectException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/** Says in words why a request failed. */
final class Failures {
    private Failures() {}

    /** Why there was no answer from {@code source}. */
    static String noAnswer(Throwable failure, URI source, Optional<ProxySelector> proxies) {
        // The client does not tell on which of the addresses it failed.
        String unreachable = source.getHost() + ", or where it redirects to, cannot be reached"
                + proxies.map(selector -> through(selector.select(source).get(0)))
                        .orElse("");
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return unreachable + ": unknown host";
            }
        }
        if (failure instanceof HttpConnectTimeoutException) {
            return unreachable + ": no connection in time";
        }
        if (failure instanceof ConnectException) {
            return unreachable + ": connection refused";
        }
        return failure instanceof HttpTimeoutException ? "no answer" : "no answer: " + failure.getMessage();
    }

    /** What a status means that is no file and will not become one. */
    static String status(int status) {
        return "HTTP status " + status
                + switch (status) {
                    case 301, 302, 303, 307, 308 -> " (expected: the file; too many redirects, or one away from https)";
                    case 401, 403 -> " (expected: the file; access is refused)";
                    case 404, 410 -> " (expected: the file; it is not there)";
                    case 407 -> " (expected: the file; the proxy wants a password)";
                    default -> " (expected: the file)";
                };
    }

    private static String through(Proxy proxy) {
        return proxy.type() == Proxy.Type.DIRECT ? "" : " through the proxy " + proxy.address();
    }
}
