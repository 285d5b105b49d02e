package org.smsieve.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smsieve.command.UserException;
import org.smsieve.message.InputFormat;
import org.smsieve.message.OutputFormat;

class SettingsReaderTest {
    private static SettingsReader reader() {
        return new SettingsReader().set("kafka.bootstrap.servers", "broker:9092");
    }

    @Test
    void hasADefaultForAllButTheBrokers() {
        AppConfig config = reader().read();

        assertThat(config.applicationId()).isEqualTo("smsieve");
        assertThat(config.topics().all(List.of("ham", "spam")))
                .containsExactly("sms-dead-letter", "sms-ham", "sms-inbound", "sms-spam");
        assertThat(config.topics().create()).isFalse();
        assertThat(config.processing().guarantee()).isEqualTo(ProcessingGuarantee.EXACTLY_ONCE_V2);
        assertThat(config.processing().commitInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.processing().threads()).isEqualTo(2);
        assertThat(config.input().format()).isEqualTo(new InputFormat.Text());
        assertThat(config.input().maxBytes()).isEqualTo(65_536);
        assertThat(config.output()).isEqualTo(OutputFormat.JSON);
        assertThat(config.model().bundle()).isEmpty();
        assertThat(config.batch().maxRecords()).isEqualTo(256);
        assertThat(config.http()).isEqualTo(new AppConfig.Http("127.0.0.1", 8080, false, false));
        assertThatThrownBy(() -> new SettingsReader().read())
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("kafka.bootstrap.servers: not set (expected: ");
    }

    @Test
    void takesTheFileThenTheEnvironmentThenSingleSettings(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("smsieve.properties");
        Files.writeString(
                file, "kafka.bootstrap.servers=a:1\nstream.threads=3\nhttp.port=1\napplication.id=file\n# über\n");
        Map<String, String> environment = Map.of(
                "SMSIEVE_HTTP_PORT", "2",
                "SMSIEVE_APPLICATION_ID", "environment",
                "SMSIEVE_INPUT_MAX_BYTES", "99",
                "SMSIEVE_KAFKA_BOOTSTRAP_SERVERS", "b:2",
                "SMSIEVE_TOPICS_OUTPUT_SPAM", "Junk",
                "SMSIEVE_LOG_LEVEL", "DEBUG",
                "SMSIEVE_PORT_8080_TCP_ADDR", "10.0.0.1",
                "PATH", "/bin");

        AppConfig config = new SettingsReader()
                .file(file)
                .environment(environment)
                .set("application.id", "set")
                .read();

        assertThat(config.processing().threads()).isEqualTo(3);
        assertThat(config.http().port()).isEqualTo(2);
        assertThat(config.applicationId()).isEqualTo("set");
        assertThat(config.input().maxBytes()).isEqualTo(99);
        assertThat(config.kafka().values()).isEqualTo(Map.of("bootstrap.servers", "b:2"));
        assertThat(config.topics().output("spam")).isEqualTo("Junk");
        assertThat(config.topics().output("ham")).isEqualTo("sms-ham");
    }

    @ParameterizedTest
    @CsvSource({
        "stream.thread, stream.threads",
        "commit.intervall.ms, commit.interval.ms",
        "topics.deadletter, topics.dead-letter",
        "bootstrap.servers, kafka.bootstrap.servers"
    })
    void suggestsTheNearestKey(String typed, String meant) {
        assertThatThrownBy(() -> reader().set(typed, "1"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(typed + ": unknown setting (did you mean " + meant + "?");
    }

    @Test
    void suggestsNothingForWhatIsNearNoKey(@TempDir Path directory) throws Exception {
        Path prose = Files.writeString(directory.resolve("prose"), "hello world\n");
        Path nameless = Files.writeString(directory.resolve("nameless"), "=1\n");

        assertThatThrownBy(() -> reader().file(prose))
                .hasMessage("hello: unknown setting (smsieve stream --list-settings shows all)");
        assertThatThrownBy(() -> reader().file(nameless)).hasMessage("a setting without a name (expected: KEY=VALUE)");
    }

    @Test
    void suggestsTheNearestVariable() {
        assertThatThrownBy(() -> reader().environment(Map.of("SMSIEVE_STREAM_THREAD", "1")))
                .isInstanceOf(UserException.class)
                .hasMessage("SMSIEVE_STREAM_THREAD: unknown variable (did you mean SMSIEVE_STREAM_THREADS?)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stream.threads | 0 | an integer in 1 to 256",
                "stream.threads | two | an integer in 1 to 256",
                "http.port | 65536 | an integer in 0 to 65535",
                "http.accept-messages | true | false, or http.show-messages=true besides",
                "input.max-bytes | -1 | an integer, at least 1",
                "commit.interval.ms | 1s | milliseconds, at least 1",
                "topics.create | yes | true or false",
                "topics.input | sms inbound | a topic's name: 1 to 249 of A-Z a-z 0-9 . _ -",
                "topics.input | .. | a topic's name: 1 to 249 of A-Z a-z 0-9 . _ -",
                "topics.dead-letter | sms-inbound | another topic than topics.input",
                "topics.replication-factor | 0 | -1, or at least 1",
                "processing.guarantee | exactly_once | exactly_once_v2 or at_least_once",
                "input.format | avro | text or json",
                "output.format | JSON | json or passthrough",
                "device | tpu | auto or cpu or gpu or gpu:N",
                "precision | fp16 | auto or fp32 or bf16 or int8"
            })
    void refusesAValueThatBreaksItsRule(String key, String value, String rule) {
        assertThatThrownBy(() -> reader().set(key, value).read())
                .isInstanceOf(UserException.class)
                .hasMessage(key + ": " + value + " (expected: " + rule + ")");
    }

    @ParameterizedTest
    @CsvSource({"text", "''", "/a~2b"})
    void refusesWhatIsNoPointerIntoAnObject(String pointer) {
        SettingsReader reader = reader().set("input.format", "json").set("input.text.pointer", pointer);

        if (pointer.equals("/a~2b")) {
            assertThat(reader.read().input()).isNotNull();
        } else {
            assertThatThrownBy(reader::read).hasMessageStartingWith("input.text.pointer: ");
        }
    }

    @Test
    void refusesTopicsThatWouldFeedBack() {
        List<String> labels = List.of("ham", "spam");

        assertThatThrownBy(() -> reader().set("topics.output.ham", "sms-inbound")
                        .read()
                        .topics()
                        .all(labels))
                .hasMessage("topics.output.ham: sms-inbound"
                        + " (expected: another topic than topics.input and topics.dead-letter)");
        assertThatThrownBy(() ->
                        reader().set("topics.output.ham", "a b").read().topics().all(labels))
                .hasMessageStartingWith("topics.output.ham: a b (expected: a topic's name");
    }

    @Test
    void isReadyForLabelsThatAModelMayHaveLater() {
        Topics topics = reader().set("topics.output.junk", "x").read().topics();

        assertThat(topics.labels(List.of("ham", "spam"))).containsExactly("ham", "spam", "junk");
        assertThat(topics.all(List.of("ham", "spam", "junk"))).contains("x");
    }

    @ParameterizedTest
    @CsvSource({
        "kafka.processing.guarantee, use processing.guarantee",
        "kafka.consumer.isolation.level, it follows from processing.guarantee",
        "kafka.main.consumer.enable.auto.commit, it follows from processing.guarantee",
        "kafka.producer.enable.idempotence, it follows from processing.guarantee",
        "kafka.processing.exception.handler, the app itself decides what becomes a dead letter",
        "kafka.default.key.serde, the app reads and writes records itself",
        "kafka.application.id, use application.id"
    })
    void refusesKafkaSettingsThatTheGuaranteesRestOn(String key, String remedy) {
        assertThatThrownBy(() -> reader().set(key, "x").read())
                .isInstanceOf(UserException.class)
                .hasMessage(key + ": cannot be set (" + remedy + ")");
    }

    @Test
    void passesKafkaSettingsOnAndFindsMistypedOnes() {
        AppConfig config = reader().set("kafka.security.protocol", "SASL_SSL")
                .set("kafka.main.consumer.max.poll.interval.ms", "1000")
                .set("kafka.my.interceptor.setting", "x")
                .read();

        assertThat(config.kafka().values()).hasSize(4);
        assertThatThrownBy(() ->
                        reader().set("kafka.producer.compression.typ", "zstd").read())
                .hasMessage("kafka.producer.compression.typ: unknown setting"
                        + " (did you mean kafka.producer.compression.type?)");
    }

    @Test
    void doesNotTellSecrets() {
        AppConfig config = reader().set("kafka.sasl.jaas.config", "secret").read();

        assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("secret");
    }

    @Test
    void saysWhatIsWrongWithAFile(@TempDir Path directory) throws Exception {
        Path absent = directory.resolve("absent");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {'a', '=', (byte) 0xff});
        Path broken = Files.writeString(directory.resolve("broken"), "a=\\uXYZ");

        assertThatThrownBy(() -> reader().file(absent)).hasMessageStartingWith(absent + ": no such file");
        assertThatThrownBy(() -> reader().file(binary)).hasMessage(binary + ": not a properties file in UTF-8");
        assertThatThrownBy(() -> reader().file(broken)).hasMessage(broken + ": not a properties file in UTF-8");
        assertThatThrownBy(() -> reader().file(directory)).hasMessageContaining("cannot be read");
    }

    @Test
    void listsEverySettingWithADefaultThatItTakes() {
        String table = Settings.table();

        assertThat(Settings.all()).hasSizeGreaterThan(20).allSatisfy(setting -> {
            assertThat(table).contains("| `" + setting.key() + "` |");
            setting.parse(setting.defaultValue());
        });
        assertThat(table.lines())
                .allMatch(line -> line.chars().filter(c -> c == '|').count() == 5);
    }
}
