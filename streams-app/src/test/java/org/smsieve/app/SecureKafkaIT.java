package org.smsieve.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.smsieve.app.fixture.Cluster.values;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.AppProcess;
import org.smsieve.app.fixture.Certificates;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeMain;
import org.smsieve.app.fixture.SecureBroker;

/** The app on a broker that asks who it is: what works, what is said where it does not, and what is never said. */
@Timeout(120)
class SecureKafkaIT {
    private static final Map<String, String> DEBUG = Map.of("SMSIEVE_LOG_LEVEL", "DEBUG");
    private static final String WRONG = "wrong-password-9753";
    private static final String[] SECRETS = {SecureBroker.PASSWORD, "8642", Certificates.PASSWORD, WRONG};

    @TempDir
    private static Path directory;

    private static Path clientKeys;
    private static Path brokersCertificate;
    private static Path anothersCertificate;
    private static SecureBroker broker;
    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        Certificates certificates = new Certificates(directory);
        Path brokerKeys = certificates.keyStore("broker");
        clientKeys = certificates.keyStore("client");
        brokersCertificate = certificates.trustStore("trusts-broker", brokerKeys);
        anothersCertificate = certificates.trustStore("trusts-client", clientKeys);
        broker = new SecureBroker(directory, brokerKeys, anothersCertificate);
        cluster = new Cluster(broker.plain(), broker::close);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** The password in a file of its own, which Kafka reads; the settings in another. */
    @Test
    void classifiesThroughScramOverTls() throws Exception {
        Path secrets = Files.createDirectory(directory.resolve("secrets"));
        Files.writeString(secrets.resolve("jaas"), jaas(SecureBroker.PASSWORD));
        Map<String, String> settings = scram("scram", "${directory:" + secrets + ":jaas}");
        settings.put("kafka.config.providers", "directory");
        settings.put(
                "kafka.config.providers.directory.class",
                "org.apache.kafka.common.config.provider.DirectoryConfigProvider");

        classifies("scram", settings, Map.of());
    }

    /** All that is secret in the environment. */
    @Test
    void classifiesWithAClientsCertificate() throws Exception {
        Map<String, String> settings = settings("certificate");
        settings.put("kafka.bootstrap.servers", broker.tls());
        settings.put("kafka.security.protocol", "SSL");
        settings.put("kafka.ssl.truststore.location", brokersCertificate.toString());
        settings.put("kafka.ssl.keystore.location", clientKeys.toString());

        classifies(
                "certificate",
                settings,
                Map.of(
                        "SMSIEVE_KAFKA_SSL_TRUSTSTORE_PASSWORD", Certificates.PASSWORD,
                        "SMSIEVE_KAFKA_SSL_KEYSTORE_PASSWORD", Certificates.PASSWORD,
                        "SMSIEVE_KAFKA_SSL_KEY_PASSWORD", Certificates.PASSWORD));
    }

    private static void classifies(String test, Map<String, String> settings, Map<String, String> environment)
            throws Exception {
        cluster.createTopics(test);
        cluster.send(test, values("fine", "win a prize"));
        Map<String, String> variables = new HashMap<>(environment);
        variables.putAll(DEBUG);
        try (AppProcess app = app(settings, variables)) {
            assertThat(cluster.awaitRecords(Cluster.outputs(test), 2)).hasSize(2);
            app.terminate();
            assertThat(app.exitCode()).isZero();

            // It is the whole log that is looked at: Kafka's clients tell their configuration in it.
            assertThat(app.err()).contains("DEBUG", "security.protocol = S").doesNotContain(SECRETS);
            assertThat(app.out()).doesNotContain(SECRETS);
        }
    }

    @Test
    void namesTheSettingOfAWrongPassword() throws Exception {
        assertThat(failure(scram("wrong", jaas(WRONG))))
                .startsWith("smsieve: kafka.sasl.jaas.config: ")
                .contains(broker.scram(), "SCRAM-SHA-512");
    }

    @Test
    void namesTheSettingOfAMechanismThatTheBrokersDoNotHave() throws Exception {
        Map<String, String> settings = scram("mechanism", jaas(SecureBroker.PASSWORD));
        settings.put("kafka.sasl.mechanism", "SCRAM-SHA-256");

        assertThat(failure(settings)).startsWith("smsieve: kafka.sasl.mechanism: SCRAM-SHA-256 ");
    }

    @Test
    void namesTheSettingOfACertificateThatIsNotTrusted() throws Exception {
        Map<String, String> settings = scram("untrusted", jaas(SecureBroker.PASSWORD));
        settings.put("kafka.ssl.truststore.location", anothersCertificate.toString());

        assertThat(failure(settings)).startsWith("smsieve: kafka.ssl.truststore.location: " + anothersCertificate);
    }

    @Test
    void namesTheSettingOfAStoreThatCannotBeOpened() throws Exception {
        Map<String, String> settings = scram("store", jaas(SecureBroker.PASSWORD));
        settings.put("kafka.ssl.truststore.password", WRONG);

        assertThat(failure(settings)).startsWith("smsieve: kafka.ssl.truststore.location: " + brokersCertificate);
    }

    @Test
    void namesTheSettingOfAClientWithoutACertificate() throws Exception {
        Map<String, String> settings = scram("nobody", jaas(SecureBroker.PASSWORD));
        settings.put("kafka.security.protocol", "SSL");
        settings.put("kafka.bootstrap.servers", broker.tls());

        assertThat(failure(settings)).startsWith("smsieve: kafka.ssl.keystore.location: ");
    }

    @Test
    void namesTheSettingOfALoginThatCannotBeRead() throws Exception {
        assertThat(failure(scram("login", jaas(WRONG).replace(";", ""))))
                .startsWith("smsieve: kafka.sasl.jaas.config: ");
    }

    @Test
    void namesTheProtocolWhereTheBrokersSpeakAnother() throws Exception {
        Map<String, String> tls = scram("tls", jaas(SecureBroker.PASSWORD));
        tls.put("kafka.bootstrap.servers", broker.plain());
        tls.put("start.timeout.ms", "5000");
        assertThat(failure(tls)).contains("; kafka.security.protocol is SASL_SSL)");

        // Kafka's client takes a TLS alert for the length of an answer, for which the heap may be too small
        // (KAFKA-4090).
        Map<String, String> plain = settings("plain");
        plain.put("kafka.bootstrap.servers", broker.scram());
        plain.put("start.timeout.ms", "5000");
        try (AppProcess app = app(plain, Map.of())) {
            assertThat(app.exitCode()).isEqualTo(1);
            assertThat(app.err()).containsPattern("(?m)^smsieve: kafka.*; kafka.security.protocol is PLAINTEXT\\)$");
        }
    }

    /** The one line that the app ends with, within its limit. */
    private static String failure(Map<String, String> settings) throws Exception {
        // Long enough for an answer on a busy machine.
        settings.putIfAbsent("start.timeout.ms", "30000");
        long start = System.nanoTime();
        try (AppProcess app = app(settings, Map.of())) {
            assertThat(app.exitCode()).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(50));
            assertThat(app.err()).doesNotContain(SECRETS);
            // But for a warning of each try to connect.
            List<String> lines = app.err()
                    .lines()
                    .filter(line -> !line.contains(" INFO ") && !line.contains(" WARN  NetworkClient "))
                    .toList();
            assertThat(lines).as(app.err()).hasSize(1);
            return lines.get(0);
        }
    }

    private static AppProcess app(Map<String, String> settings, Map<String, String> environment) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        Path file = Files.createTempFile(directory, "app", ".properties");
        try (var writer = Files.newBufferedWriter(file, UTF_8)) {
            properties.store(writer, null);
        }
        return new AppProcess(FakeMain.class, List.of(), directory, environment, "stream", "--config", file.toString());
    }

    private static Map<String, String> settings(String test) {
        return cluster.settings(test);
    }

    private static Map<String, String> scram(String test, String jaas) {
        Map<String, String> settings = settings(test);
        settings.put("kafka.bootstrap.servers", broker.scram());
        settings.put("kafka.security.protocol", "SASL_SSL");
        settings.put("kafka.ssl.truststore.location", brokersCertificate.toString());
        settings.put("kafka.ssl.truststore.password", Certificates.PASSWORD);
        settings.put("kafka.sasl.mechanism", "SCRAM-SHA-512");
        settings.put("kafka.sasl.jaas.config", jaas);
        return settings;
    }

    private static String jaas(String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + SecureBroker.USER
                + "\" password=\"" + password.replace("\\", "\\\\") + "\";";
    }
}
