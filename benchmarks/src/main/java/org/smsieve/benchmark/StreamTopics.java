package org.smsieve.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * The topics of one run of an app.
 *
 * @param prefix their names begin with it
 * @param labels the model's
 * @param partitions of each
 */
record StreamTopics(String prefix, List<String> labels, int partitions) {
    String input() {
        return prefix + "inbound";
    }

    String output(String label) {
        return prefix + label;
    }

    String deadLetter() {
        return prefix + "dead-letter";
    }

    /** Where what is made of the messages goes. */
    List<String> outputs() {
        List<String> outputs = new ArrayList<>();
        labels.forEach(label -> outputs.add(output(label)));
        outputs.add(deadLetter());
        return outputs;
    }
}
