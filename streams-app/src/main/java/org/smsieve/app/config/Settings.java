package org.smsieve.app.config;

import static org.smsieve.settings.Types.BOOLEAN;
import static org.smsieve.settings.Types.JSON_POINTER;
import static org.smsieve.settings.Types.TEXT;
import static org.smsieve.settings.Types.TOPIC;
import static org.smsieve.settings.Types.form;
import static org.smsieve.settings.Types.integer;
import static org.smsieve.settings.Types.millis;
import static org.smsieve.settings.Types.oneOf;

import com.fasterxml.jackson.core.JsonPointer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.smsieve.message.OutputFormat;
import org.smsieve.registry.RegistrySettings;
import org.smsieve.settings.Setting;
import org.smsieve.settings.SettingType;
import org.smsieve.settings.SettingValues;

/** The catalogue of the app's own settings. Besides them, {@link KafkaSettings} takes all of Kafka's. */
public final class Settings {
    private static final List<Setting<?>> ALL = new ArrayList<>();

    static final Setting<String> APPLICATION_ID = setting(
            "application.id",
            "smsieve",
            form("1 to 200 of A-Z a-z 0-9 . _ -", "[A-Za-z0-9._-]{1,200}"),
            "Names the consumer group and begins the transactional ids; processes of one name share the work.");
    static final Setting<String> INPUT_TOPIC =
            setting("topics.input", "sms-inbound", TOPIC, "The topic the messages are read from.");
    static final Setting<String> DEAD_LETTER_TOPIC =
            setting("topics.dead-letter", "sms-dead-letter", TOPIC, "The topic of what cannot be classified.");
    static final Setting<Boolean> CREATE_TOPICS =
            setting("topics.create", "false", BOOLEAN, "Whether to create the topics that are missing at start.");
    static final Setting<Integer> TOPIC_PARTITIONS =
            setting("topics.partitions", "4", integer(1, 10_000), "Partitions of a topic created.");
    static final Setting<Integer> TOPIC_REPLICATION = setting(
            "topics.replication-factor",
            "-1",
            integer(-1, Short.MAX_VALUE),
            "Replicas of a topic created; -1: as the brokers are set.");
    static final Setting<ProcessingGuarantee> GUARANTEE = setting(
            "processing.guarantee",
            "exactly_once_v2",
            oneOf(ProcessingGuarantee.class),
            "Whether an inbound record gives exactly one output, or at least one.");
    static final Setting<Duration> COMMIT_INTERVAL = setting(
            "commit.interval.ms",
            "500",
            millis(1),
            "Time after which a thread commits, between two records; the end of a poll commits besides, unless it was full and quick.");
    static final Setting<Integer> THREADS =
            setting("stream.threads", "2", integer(1, 256), "Stream threads: one commits while another works.");
    static final Setting<InputKind> INPUT_FORMAT =
            setting("input.format", "text", oneOf(InputKind.class), "What an inbound value holds.");
    static final Setting<JsonPointer> INPUT_POINTER =
            setting("input.text.pointer", "/text", JSON_POINTER, "Where the text stands in a JSON input (RFC 6901).");
    static final Setting<Integer> INPUT_MAX_BYTES = setting(
            "input.max-bytes",
            "65536",
            integer(1, Integer.MAX_VALUE),
            "The largest inbound value, in bytes; a larger one is a dead letter.");
    static final Setting<OutputFormat> OUTPUT_FORMAT = setting(
            "output.format",
            "json",
            oneOf(OutputFormat.class),
            "What a labelled value holds: JSON, or the input's bytes untouched.");
    static final Setting<String> MODEL = setting(
            "model",
            "",
            new SettingType<>("a bundle's directory", value -> value),
            "The model where none is announced; none: the built-in.");
    static final Setting<String> DEVICE = setting(
            "device",
            "auto",
            form("auto or cpu or gpu or gpu:N", "auto|cpu|gpu(:[0-9]{1,3})?"),
            "Where the model runs; auto: on a GPU where there is one.");
    static final Setting<String> PRECISION = setting(
            "precision",
            "auto",
            form("auto or fp32 or bf16 or int8", "auto|fp32|bf16|int8"),
            "What the model computes in; auto: fp32 or bf16, what is faster on the device; int8, on CPUs alone: still faster on many, less exact.");
    static final Setting<Integer> BATCH_RECORDS = setting(
            "batch.max-records",
            "256",
            integer(1, 65_536),
            "Most messages of a micro-batch; a slow model gets as many as take it a second.");
    static final Setting<Integer> BATCH_TOKENS = setting(
            "batch.max-tokens",
            "8192",
            integer(1, Integer.MAX_VALUE),
            "Most tokens of a micro-batch; a longer message is a batch of its own.");
    static final Setting<Integer> REMEMBERED = setting(
            "remember.messages",
            "10000",
            integer(0, 100_000_000),
            "How many messages' verdicts are kept for when the same text comes again; 0: none.");
    static final Setting<Duration> CLASSIFY_TIMEOUT = setting(
            "classify.timeout.ms",
            "60000",
            millis(100),
            "How long the engine may go without finishing a micro-batch before it is taken for broken.");
    static final Setting<String> HTTP_HOST =
            setting("http.host", "127.0.0.1", TEXT, "The address that the page, metrics and health are served on.");
    static final Setting<Integer> HTTP_PORT =
            setting("http.port", "8080", integer(0, 65_535), "Its port; 0: any free one.");
    static final Setting<Boolean> HTTP_SHOW_MESSAGES = setting(
            "http.show-messages",
            "false",
            BOOLEAN,
            "Whether the page shows the latest messages' texts, to whoever can open it.");
    static final Setting<Boolean> HTTP_ACCEPT_MESSAGES = setting(
            "http.accept-messages",
            "false",
            BOOLEAN,
            "Whether whoever can open the page may send a message to the input topic; wants http.show-messages.");
    static final Setting<Duration> START_TIMEOUT =
            setting("start.timeout.ms", "15000", millis(100), "How long the brokers may take to answer at start.");
    static final Setting<Duration> SHUTDOWN_TIMEOUT =
            setting("shutdown.timeout.ms", "30000", millis(100), "How long a clean stop may take.");

    static final Setting<Integer> MODELS_MAX_MEGABYTES = setting(
            "models.max-megabytes",
            "8192",
            integer(1, 1_000_000),
            "The largest announced bundle that is taken, all its files together, in MiB.");
    static final Setting<Duration> MODELS_START_TIMEOUT = setting(
            "models.start.timeout.ms",
            "60000",
            millis(1),
            "How long the start waits for an announced model; then the configured one serves until it is there.");

    static {
        ALL.addAll(RegistrySettings.all());
    }

    private Settings() {}

    /** All settings, in the order of the documentation. */
    public static List<Setting<?>> all() {
        return List.copyOf(ALL);
    }

    /** The catalogue as a table in Markdown, a row for each setting. */
    public static String table() {
        StringBuilder table =
                new StringBuilder("| setting | default | value | what it does |\n| --- | --- | --- | --- |\n");
        List<Setting<?>> settings = new ArrayList<>(ALL);
        settings.add(outputTopic("LABEL"));
        for (Setting<?> setting : settings) {
            row(table, setting.key(), setting.defaultValue(), setting.type().rule(), setting.description());
        }
        row(
                table,
                KafkaSettings.PREFIX + "KEY",
                "",
                "as Kafka documents it",
                "Any setting of Kafka Streams and its clients, such as kafka.bootstrap.servers (required), "
                        + "kafka.security.protocol or kafka.producer.compression.type.");
        return table.toString();
    }

    /** The setting that names the topic of a label. */
    static Setting<String> outputTopic(String label) {
        return new Setting<>(
                SettingValues.OUTPUT_TOPIC_PREFIX + label,
                "sms-" + label,
                TOPIC,
                "The topic of the records of a label.");
    }

    private static void row(StringBuilder table, String key, String defaultValue, String rule, String description) {
        String shown = defaultValue.isEmpty() ? "" : "`" + defaultValue + "`";
        table.append("| `%s` | %s | %s | %s |%n".formatted(key, shown, rule, description));
    }

    private static <T> Setting<T> setting(String key, String defaultValue, SettingType<T> type, String description) {
        Setting<T> setting = new Setting<>(key, defaultValue, type, description);
        ALL.add(setting);
        return setting;
    }
}
