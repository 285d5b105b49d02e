package org.smsieve.trainer.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.smsieve.trainer.evaluate.Figure;

/**
 * The figures of one part as a manifest or an announcement has them, each null where it does not.
 *
 * @param rowsSha256 the checksum of the rows
 * @param messages the number of rows
 * @param accuracy in [0, 1]
 * @param matthews the Matthews correlation
 * @param falsePositiveRate of the label that is looked for
 * @param recall of that label
 */
record PartFigures(
        String rowsSha256,
        Integer messages,
        Double accuracy,
        Double matthews,
        Double falsePositiveRate,
        Double recall) {
    /** The heading of {@link #row}'s figures. */
    static final List<String> COLUMNS = List.of("messages", "accuracy", "recall", "false positives", "MCC");

    static PartFigures of(Object figures) {
        Map<?, ?> map = map(figures);
        Number messages = number(map, "messages");
        return new PartFigures(
                map.get("rowsSha256") instanceof String sha256 ? sha256 : null,
                messages == null ? null : messages.intValue(),
                decimal(map, "accuracy"),
                decimal(map, "matthews"),
                decimal(map, "falsePositiveRate"),
                decimal(map(map(map.get("labels")).get(String.valueOf(map.get("positiveLabel")))), "recall"));
    }

    private static Map<?, ?> map(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Number number(Map<?, ?> map, String key) {
        return map.get(key) instanceof Number number ? number : null;
    }

    private static Double decimal(Map<?, ?> map, String key) {
        Number number = number(map, key);
        return number == null ? null : (Double) number.doubleValue();
    }

    /** A row of a table, after some cells. */
    List<String> row(String... before) {
        List<String> row = new ArrayList<>(List.of(before));
        row.add(messages == null ? Figure.percent((Double) null) : Figure.count(messages));
        row.add(Figure.percent(accuracy));
        row.add(Figure.percent(recall));
        row.add(Figure.percent(falsePositiveRate));
        row.add(Figure.decimal(matthews));
        return row;
    }
}
