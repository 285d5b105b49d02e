package org.smsieve.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.app.config.ProcessingGuarantee;

/**
 * What reads messages from a topic and writes them to their label's: {@code smsieve stream}, or another program that is
 * told by its environment what to do.
 *
 * @param command the other program, for the shell; null: {@code smsieve stream}
 * @param model a bundle's directory
 * @param device what {@code smsieve stream} computes on
 * @param precision what it computes in
 * @param guarantee what is promised of each message
 * @param settings more settings of {@code smsieve stream}
 * @param vocabulary the file of the tokeniser's vocabulary
 */
record AppUnderTest(
        String command,
        Path model,
        String device,
        String precision,
        ProcessingGuarantee guarantee,
        Map<String, String> settings,
        Path vocabulary) {

    /** What starts it. */
    List<String> command(String bootstrapServers, StreamTopics topics) {
        if (command != null) {
            return List.of("sh", "-c", command);
        }
        // As the launcher starts it.
        List<String> words = ChildProcesses.java(List.of("-Xmx1g", "-Dai.djl.pytorch.graph_optimizer=false"));
        words.addAll(List.of("org.smsieve.app.Main", "stream"));
        Map<String, String> all = new LinkedHashMap<>();
        all.put("kafka.bootstrap.servers", bootstrapServers);
        all.put("application.id", topics.prefix() + "app");
        all.put("topics.input", topics.input());
        topics.labels().forEach(label -> all.put("topics.output." + label, topics.output(label)));
        all.put("topics.dead-letter", topics.deadLetter());
        all.put("topics.create", "true");
        all.put("model", model.toString());
        all.put("device", device);
        all.put("precision", precision);
        all.put("processing.guarantee", guarantee.kafkaName());
        all.put("http.port", "0");
        // What is measured is how fast it classifies.
        all.put("remember.messages", "0");
        all.putAll(settings);
        all.forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
        return new ArrayList<>(words);
    }

    /** What another program is told. Not by names that begin with SMSIEVE_, which are settings of ours. */
    Map<String, String> environment(String bootstrapServers, StreamTopics topics) {
        if (command == null) {
            return Map.of();
        }
        return Map.of(
                "BENCHMARK_BOOTSTRAP_SERVERS",
                bootstrapServers,
                "BENCHMARK_GROUP",
                topics.prefix() + "app",
                "BENCHMARK_INPUT_TOPIC",
                topics.input(),
                "BENCHMARK_OUTPUT_TOPIC_PREFIX",
                topics.prefix(),
                "BENCHMARK_MODEL",
                model.toString(),
                "BENCHMARK_VOCABULARY",
                vocabulary.toString(),
                "BENCHMARK_GUARANTEE",
                guarantee.kafkaName());
    }
}
