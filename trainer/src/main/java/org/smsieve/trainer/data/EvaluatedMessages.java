package org.smsieve.trainer.data;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smsieve.command.UserException;

/** The messages that {@code train} states figures of. */
public final class EvaluatedMessages {
    /** The training part. */
    public static final String TRAIN = "train";

    /** The validation part. */
    public static final String VALIDATION = "validation";

    /** The test part. */
    public static final String TEST = "test";

    private final Dataset train;
    private final Map<String, Dataset> parts = new LinkedHashMap<>();

    private EvaluatedMessages(Dataset train) {
        this.train = train;
    }

    /**
     * A split's parts and more files, each under its name without the path, numbered where that is taken. Where copies
     * of training messages are among the test part or a file, what is left without them follows. None of them is empty.
     *
     * @throws UserException if a file cannot be read or has other labels than the split
     */
    public static Map<String, Dataset> of(Split split, List<Path> files, BadRows badRows) {
        EvaluatedMessages evaluated = new EvaluatedMessages(split.train());
        evaluated.parts.put(TRAIN, split.train());
        evaluated.parts.put(VALIDATION, split.validation());
        evaluated.add(TEST, split.test());
        for (Path file : files) {
            Dataset more = LabelledFile.read(file, badRows);
            if (!split.labels().containsAll(more.labels())) {
                throw new UserException("also-evaluate: " + file + " has labels " + more.labels() + " (expected: "
                        + split.labels() + ")");
            }
            evaluated.add(more.source().name(), more);
        }
        evaluated.parts.values().removeIf(part -> part.size() == 0);
        return evaluated.parts;
    }

    /** Whether training has seen a part, so that its figures say little. */
    public static boolean isSeenInTraining(String part) {
        return part.equals(TRAIN) || part.equals(VALIDATION);
    }

    private void add(String name, Dataset messages) {
        String free = name;
        for (int i = 2; parts.containsKey(free); i++) {
            free = name + " (" + i + ")";
        }
        parts.put(free, messages);
        Dataset unseen = messages.withoutCopiesOf(train);
        if (unseen.size() < messages.size()) {
            parts.put(free + " without copies of training messages", unseen);
        }
    }
}
