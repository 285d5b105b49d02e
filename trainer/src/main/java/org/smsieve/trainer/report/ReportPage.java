package org.smsieve.trainer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.smsieve.trainer.evaluate.Calibration;
import org.smsieve.trainer.evaluate.Confusion;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Figure;
import org.smsieve.trainer.finetune.Figures;
import org.smsieve.trainer.finetune.History;

/** Writes {@code report.md}. */
final class ReportPage {
    private final Report report;
    private final StringBuilder page = new StringBuilder();

    private ReportPage(Report report) {
        this.report = report;
    }

    /** @param plots the plots' names, without their endings */
    static String of(Report report, List<String> plots) {
        ReportPage writer = new ReportPage(report);
        writer.page.append("# Report on ").append(Markdown.text(report.model())).append("\n\n");
        writer.summary();
        writer.meaning();
        report.parts().forEach(writer::part);
        writer.training();
        if (!plots.isEmpty()) {
            writer.page.append("## Plots\n\n");
            plots.forEach(plot -> writer.page.append("![" + plot + "](" + plot + ".png)\n\n"));
        }
        writer.about();
        return writer.page.toString().stripTrailing() + "\n";
    }

    private void summary() {
        page.append(SummaryTable.of(report).markdown()).append('\n');
        if (report.baselineThreshold() != null) {
            page.append("The baseline is a ")
                    .append(report.baselineDescription())
                    .append(".\n\n");
        }
        page.append(Markdown.text(String.join(" ", Thresholds.sentences(report))))
                .append("\n\n");
    }

    private void meaning() {
        String positive = Markdown.text(report.positiveLabel());
        page.append("- Accuracy: the share of messages that got their own label; 95 %: where it lies on other messages")
                .append(" of the same kind, with that confidence (Wilson)");
        if (report.threshold().threshold() != null) {
            page.append("; likeliest label: the accuracy if that were given, without a decision threshold");
        }
        page.append(".\n");
        page.append("- Precision: of the messages called ")
                .append(positive)
                .append(", the share that are; recall: of those that are, the share that were called so; F1: their")
                .append(" harmonic mean.\n");
        page.append("- False positives: of the messages that are not ")
                .append(positive)
                .append(", the share that were called so.\n");
        page.append("- MCC: Matthews' correlation coefficient, 0 for guessing, 1 for no mistake, whatever the labels'")
                .append(" shares.\n");
        page.append("- ROC AUC: how probably a ")
                .append(positive)
                .append(" message has a higher score than another.\n");
        page.append("- Loss: mean cross entropy in nats; Brier: mean squared error of the probabilities; calibration")
                .append(" error: mean distance of confidence and accuracy, in ")
                .append(Calibration.BINS)
                .append(" bins of the likeliest label's probability. All three are 0 at best.\n\n");
    }

    private void part(EvaluatedPart part) {
        page.append("## ").append(Markdown.text(part.name())).append("\n\n");
        page.append(figures(report, part).markdown()).append('\n');
        page.append(labels(part).markdown()).append('\n');
        page.append("What thresholds on the probability of ")
                .append(Markdown.text(report.positiveLabel()))
                .append(" would give:\n\n");
        page.append(Thresholds.table(part).markdown()).append('\n');
    }

    /** What no line of the other tables tells. */
    static Table figures(Report report, EvaluatedPart part) {
        List<String> columns = new ArrayList<>(List.of("figure", "model"));
        if (part.baseline() != null) {
            columns.add("baseline");
        }
        Table figures = new Table(1, columns);
        add(figures, "loss", part, evaluation -> Figure.decimal(evaluation.loss()));
        add(figures, "Brier score", part, evaluation -> Figure.decimal(evaluation.brier()));
        add(figures, "calibration error", part, evaluation -> Figure.decimal(evaluation.calibrationError()));
        if (report.labels().size() > 2) {
            add(figures, "ROC AUC, mean of all labels", part, evaluation -> Figure.decimal(evaluation.macroArea()));
        }
        return figures;
    }

    private interface Shown {
        String of(Evaluation evaluation);
    }

    private static void add(Table table, String name, EvaluatedPart part, Shown figure) {
        table.add(
                part.baseline() == null
                        ? List.of(name, figure.of(part.model()))
                        : List.of(name, figure.of(part.model()), figure.of(part.baseline())));
    }

    /** A line a label: its figures, and what its messages were called. */
    static Table labels(EvaluatedPart part) {
        List<String> columns =
                new ArrayList<>(List.of("label", "classifier", "messages", "precision", "recall", "F1", "ROC AUC"));
        part.model().labels().forEach(label -> columns.add("called " + label));
        Table table = new Table(2, columns);
        for (String label : part.model().labels()) {
            table.add(label(label, "model", part.model()));
            if (part.baseline() != null) {
                table.add(label(label, "baseline", part.baseline()));
            }
        }
        return table;
    }

    private static List<String> label(String label, String classifier, Evaluation evaluation) {
        Confusion confusion = evaluation.confusion();
        List<String> row = new ArrayList<>(List.of(
                label,
                classifier,
                Figure.count(confusion.having(label)),
                Figure.percent(confusion.precision(label)),
                Figure.percent(confusion.recall(label)),
                Figure.decimal(confusion.f1(label)),
                Figure.decimal(evaluation.area(label))));
        confusion.counts().get(confusion.labels().indexOf(label)).forEach(count -> row.add(Figure.count(count)));
        return row;
    }

    private void training() {
        if (report.history() == null) {
            return;
        }
        page.append("## Training\n\n");
        Table table = new Table(
                0,
                List.of(
                        "epoch",
                        "messages",
                        "training loss",
                        "validation loss",
                        "training accuracy",
                        "validation accuracy"));
        for (History.Point point : report.history().points()) {
            if (point.step() == 0 || point.endsEpoch()) {
                Optional<Figures> validation = Optional.ofNullable(point.validation());
                table.add(List.of(
                        Figure.plain(point.epoch()),
                        Figure.count(Math.toIntExact(point.examples())),
                        Figure.decimal(point.train().loss()),
                        Figure.decimal(validation.map(Figures::loss).orElse(null)),
                        Figure.percent(point.train().accuracy()),
                        Figure.percent(validation.map(Figures::accuracy).orElse(null))));
            }
        }
        page.append(table.markdown())
                .append(
                        "\nBefore training and at each epoch's end: messages learned from so far; loss and accuracy on a")
                .append(" sample of the training messages and on all validation messages. Kept: epoch ")
                .append(report.history().keptEpoch())
                .append(".\n\n");
        Figures test = report.history().points().stream()
                .map(History.Point::test)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (test != null) {
            page.append("Before training, on a sample of the test messages: loss ")
                    .append(Figure.decimal(test.loss()))
                    .append(", accuracy ")
                    .append(Figure.percent(test.accuracy()))
                    .append(".\n\n");
        }
    }

    private void about() {
        if (report.about().isEmpty()) {
            return;
        }
        page.append("## How it was made\n\n");
        Table table = new Table(2, List.of("", ""));
        report.about().forEach((name, value) -> {
            if (name.equals("command")) {
                page.append(Markdown.block((String) value)).append('\n');
            } else {
                flat(name, value, table);
            }
        });
        page.append(table.markdown());
    }

    /** A setting's value for a person. */
    static String setting(Object value) {
        return value instanceof Map<?, ?> map && map.isEmpty() ? "none" : String.valueOf(value);
    }

    private static void flat(String name, Object value, Table table) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            map.forEach((key, inner) -> flat(name + " " + key, inner, table));
        } else if (value != null) {
            table.add(List.of(name, setting(value)));
        }
    }
}
