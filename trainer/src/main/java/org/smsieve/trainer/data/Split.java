package org.smsieve.trainer.data;

import java.util.List;

/**
 * A data set cut into three parts with the same labels.
 *
 * @param train what the model learns from; has messages of at least two labels
 * @param validation what decides between epochs and thresholds; may be empty
 * @param test what the figures are made on; may be empty
 */
public record Split(Dataset train, Dataset validation, Dataset test) {
    /** @throws IllegalArgumentException if the parts' labels differ */
    public Split {
        if (!train.labels().equals(validation.labels()) || !train.labels().equals(test.labels())) {
            throw new IllegalArgumentException("parts with different labels");
        }
    }

    /** The names of the classes, the same for each part. */
    public List<String> labels() {
        return train.labels();
    }

    /** Where the messages were read from. */
    public Source source() {
        return train.source();
    }
}
