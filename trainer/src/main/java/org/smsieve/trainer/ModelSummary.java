package org.smsieve.trainer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.smsieve.checkpoint.Gpt2Config;

/** Describes a model for a person: its layers, their shapes, how many weights they have and which are trained. */
final class ModelSummary {
    private static final int BYTES = Float.BYTES;

    /** A layer's tensors taken together; {@code shape} is that of the first, the weights. */
    private record Layer(List<Long> shape, long weights, long trained) {
        Layer plus(Layer more) {
            return new Layer(shape, weights + more.weights, trained + more.trained);
        }

        String status() {
            return trained == 0
                    ? "frozen"
                    : trained == weights ? "trained" : String.format(Locale.ROOT, "%,d trained", trained);
        }
    }

    /** Layers by name: one, without a name, or those of a block. */
    private record Row(String name, Map<String, Layer> layers) {
        Layer total() {
            return layers.values().stream().reduce(Layer::plus).orElseThrow();
        }

        boolean isBlock() {
            return name.startsWith("h.");
        }

        boolean isSameAs(Row other) {
            return isBlock() && layers.equals(other.layers);
        }
    }

    private final StringBuilder text = new StringBuilder();
    private final boolean anyTrained;

    private ModelSummary(boolean anyTrained) {
        this.anyTrained = anyTrained;
    }

    /**
     * A table of a model's layers, equal blocks in one line, and the sums.
     *
     * @param trained shapes of the tensors that are trained, by name: those of {@link Gpt2Config#parameters()}, and
     *     others that training adds; with none of them the table does not speak of training
     */
    static String of(Gpt2Config config, Map<String, List<Long>> trained) {
        Map<String, List<Long>> tensors = new LinkedHashMap<>(config.parameters());
        tensors.putAll(trained);
        Map<String, Row> rows = new LinkedHashMap<>();
        tensors.forEach((name, shape) -> {
            long weights = shape.stream().reduce(1L, Math::multiplyExact);
            Layer layer = new Layer(shape, weights, trained.containsKey(name) ? weights : 0);
            String part = name.replaceFirst("^(h\\.\\d+|[^.]+)\\..*$", "$1");
            String inside = name.substring(part.length() + 1).replaceFirst("\\.?(weight|bias)$", "");
            rows.computeIfAbsent(part, key -> new Row(key, new LinkedHashMap<>()))
                    .layers()
                    .merge(inside, layer, Layer::plus);
        });
        ModelSummary summary = new ModelSummary(!trained.isEmpty());
        summary.add(new ArrayList<>(rows.values()));
        return summary.text.toString();
    }

    private void add(List<Row> rows) {
        int end;
        for (int begin = 0; begin < rows.size(); begin = end) {
            Row first = rows.get(begin);
            end = begin + 1;
            while (end < rows.size() && rows.get(end).isSameAs(first)) {
                end++;
            }
            if (first.isBlock()) {
                add(first, rows.get(end - 1), end - begin);
            } else {
                Layer layer = first.total();
                line(first.name(), layer.shape().toString(), layer.weights(), "", layer.status());
            }
        }
        Layer all = rows.stream().map(Row::total).reduce(Layer::plus).orElseThrow();
        text.append(String.format(Locale.ROOT, "%,d weights, %,d bytes in fp32", all.weights, BYTES * all.weights));
        if (anyTrained) {
            double percent = 100.0 * all.trained / all.weights;
            text.append(String.format(
                    Locale.ROOT, "; %,d trained (%.2f %%), %,d bytes", all.trained, percent, BYTES * all.trained));
        }
        text.append(System.lineSeparator());
    }

    /** A block, or several in a row that are alike, and what is inside it where that is not plain from the above. */
    private void add(Row first, Row last, int count) {
        Layer block = first.total();
        if (count == 1) {
            line(first.name(), "", block.weights, "", block.status());
        } else {
            String names = first.name() + " … " + last.name() + " (" + count + " blocks)";
            line(names, "", block.weights, "each", block.status());
        }
        boolean mixed = block.trained > 0 && block.trained < block.weights;
        if (first.name().equals("h.0") || mixed) {
            first.layers().forEach((name, layer) -> {
                line("  " + name, layer.shape.toString(), layer.weights, "", mixed ? layer.status() : "");
            });
        }
    }

    private void line(String name, String shape, long weights, String each, String status) {
        String line = String.format(
                Locale.ROOT, "%-24s %14s %,15d %-4s  %s", name, shape, weights, each, anyTrained ? status : "");
        text.append(line.stripTrailing()).append(System.lineSeparator());
    }
}
