package org.smsieve.app.config;

import static org.smsieve.settings.Setting.invalid;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.smsieve.command.UserException;
import org.smsieve.settings.SettingValues;

/**
 * The topics the app reads and writes.
 *
 * @param input where the messages come from
 * @param outputs the topics of the labels that do not go to {@code sms-LABEL}, by label; valid names
 * @param deadLetter where the rest goes
 * @param create whether missing topics are created at start
 * @param partitions of a topic created, at least 1
 * @param replicationFactor of a topic created, at least 1; or -1: as the brokers are set
 */
public record Topics(
        String input,
        Map<String, String> outputs,
        String deadLetter,
        boolean create,
        int partitions,
        short replicationFactor) {
    public Topics {
        outputs = Map.copyOf(outputs);
        if (replicationFactor == 0) {
            throw invalid(Settings.TOPIC_REPLICATION.key(), 0, "-1, or at least 1");
        }
        if (deadLetter.equals(input)) {
            throw invalid(Settings.DEAD_LETTER_TOPIC.key(), deadLetter, "another topic than topics.input");
        }
    }

    /** The topic of the records that have {@code label}. */
    public String output(String label) {
        return outputs.getOrDefault(label, "sms-" + label);
    }

    /**
     * The labels that there are topics for: the model's, and those that a topic is named for, which a model announced
     * later may have.
     *
     * @param labels the model's labels
     */
    public List<String> labels(List<String> labels) {
        return Stream.concat(labels.stream(), new TreeSet<>(outputs.keySet()).stream())
                .distinct()
                .toList();
    }

    /**
     * All topics that records go through, sorted.
     *
     * @param labels those of {@link #labels}
     * @throws UserException if a label's topic is the input or the dead letter topic
     */
    public SortedSet<String> all(List<String> labels) {
        SortedSet<String> all = new TreeSet<>(List.of(input, deadLetter));
        for (String label : labels) {
            Settings.outputTopic(label).parse(output(label));
            if (output(label).equals(input) || output(label).equals(deadLetter)) {
                throw invalid(
                        SettingValues.OUTPUT_TOPIC_PREFIX + label,
                        output(label),
                        "another topic than topics.input and topics.dead-letter");
            }
            all.add(output(label));
        }
        return all;
    }
}
