package org.smsieve.app.config;

import static org.smsieve.settings.Setting.invalid;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.message.InboundReader;
import org.smsieve.message.OutputFormat;

/**
 * All settings of one run of the app, valid. Immutable.
 *
 * @param applicationId names the consumer group and begins the transactional ids
 * @param topics what is read and written
 * @param processing how records are processed
 * @param input how inbound values are read
 * @param output what labelled values hold
 * @param model the model and where it runs
 * @param announced how announced models are taken
 * @param batch the bounds of a micro-batch
 * @param remembered how many verdicts are remembered, at least 0
 * @param http where metrics, health and the page are served
 * @param startTimeout how long the brokers may take to answer at start
 * @param shutdownTimeout how long a clean stop may take
 * @param kafka Kafka's own settings
 */
public record AppConfig(
        String applicationId,
        Topics topics,
        Processing processing,
        InboundReader input,
        OutputFormat output,
        Model model,
        Announced announced,
        BatchLimits batch,
        int remembered,
        Http http,
        Duration startTimeout,
        Duration shutdownTimeout,
        KafkaSettings kafka) {

    /**
     * How records are processed.
     *
     * @param guarantee what is promised of each
     * @param commitInterval the longest time between two commits, at least 1 ms
     * @param threads stream threads, at least 1
     */
    public record Processing(ProcessingGuarantee guarantee, Duration commitInterval, int threads) {}

    /**
     * The model and where it runs.
     *
     * @param bundle its directory; empty: the one built in
     * @param compute the device and the precision
     */
    public record Model(Optional<Path> bundle, ComputeOptions compute) {}

    /**
     * How announced models are taken.
     *
     * @param topic where they are announced
     * @param reports where the app reports what it serves
     * @param maxBytes the most that a bundle's files may have together, at least 1
     * @param startTimeout how long the start waits for one
     */
    public record Announced(String topic, String reports, long maxBytes, Duration startTimeout) {}

    /**
     * Where metrics, health and the page are served.
     *
     * @param host a name or an address of this machine
     * @param port in [0, 65535]; 0: any free one
     * @param showMessages whether the page shows texts of messages
     * @param acceptMessages whether it takes some, too
     */
    public record Http(String host, int port, boolean showMessages, boolean acceptMessages) {
        public Http {
            if (acceptMessages && !showMessages) {
                throw invalid(
                        Settings.HTTP_ACCEPT_MESSAGES.key(),
                        true,
                        "false, or " + Settings.HTTP_SHOW_MESSAGES.key() + "=true besides");
            }
        }
    }
}
