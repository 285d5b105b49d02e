package org.smsieve.app.stream;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.smsieve.app.config.KafkaSettings;

/**
 * Which setting is to blame where the brokers and the app do not agree on who they are. Values of secrets are not told.
 */
final class ConnectionFailure {
    private static final String PROTOCOL = CommonClientConfigs.SECURITY_PROTOCOL_CONFIG;

    private ConnectionFailure() {}

    /**
     * The line for the user.
     *
     * @param error what Kafka's client says
     * @param settings the client's, by Kafka's names
     * @return empty if it is about something else
     */
    static Optional<String> of(Throwable error, Map<String, ?> settings) {
        List<Throwable> causes =
                Stream.iterate(error, Objects::nonNull, Throwable::getCause).toList();
        String all = String.join("; ", causes.stream().map(Throwable::toString).toList());
        String last = String.valueOf(causes.get(causes.size() - 1).getMessage());
        String servers = String.valueOf(settings.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
        if (has(causes, SslAuthenticationException.class)) {
            return Optional.of(tls(all, last, servers, settings));
        }
        if (has(causes, UnsupportedSaslMechanismException.class)) {
            return Optional.of(
                    line(SaslConfigs.SASL_MECHANISM, settings, "one that " + servers + " has enabled", last));
        }
        if (has(causes, AuthenticationException.class)) {
            return Optional.of(KafkaSettings.PREFIX + SaslConfigs.SASL_JAAS_CONFIG
                    + ": not accepted (expected: a user and a password that " + servers + " knows; " + last + ")");
        }
        if (all.contains("JAAS") || all.contains("Jaas")) {
            return Optional.of(KafkaSettings.PREFIX + SaslConfigs.SASL_JAAS_CONFIG
                    + ": cannot be read (expected: CLASS required KEY=\"VALUE\" …; with the semicolon)");
        }
        if (has(causes, ConfigException.class) && all.contains(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
            return Optional.of(line(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                    settings,
                    "the brokers, as host:port,host:port, a host of them known",
                    last));
        }
        return Stream.of(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG)
                .filter(key -> settings.get(key) != null && all.contains("keystore " + settings.get(key)))
                .findFirst()
                .map(key -> line(key, settings, "a store that its password, and its type, open", last));
    }

    private static String tls(String all, String last, String servers, Map<String, ?> settings) {
        if (all.contains("Received fatal alert")) {
            return line(
                    SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
                    settings,
                    "a store with a key whose certificate " + servers + " trusts",
                    last);
        }
        if (all.contains("subject alternative") || all.contains("No name matching")) {
            return line(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                    settings,
                    "hosts as the brokers' certificates name them",
                    last);
        }
        return line(
                SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
                settings,
                "a store with the certificate of " + servers + ", or of its authority",
                last);
    }

    /** What may be wrong where brokers do not answer: those that expect another protocol wait, or hang up. */
    static String hint(Map<String, ?> settings) {
        Object protocol = settings.get(PROTOCOL);
        return "; " + KafkaSettings.PREFIX + PROTOCOL + " is "
                + (protocol == null ? CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL : protocol);
    }

    private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
        return causes.stream().anyMatch(type::isInstance);
    }

    private static String line(String key, Map<String, ?> settings, String rule, String why) {
        Object value = settings.get(key);
        return KafkaSettings.PREFIX + key + ": " + (value == null ? "not set" : value) + " (expected: " + rule + "; "
                + why + ")";
    }
}
