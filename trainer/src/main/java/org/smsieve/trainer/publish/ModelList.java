package org.smsieve.trainer.publish;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.Announcements;
import org.smsieve.registry.AppReport;
import org.smsieve.registry.StoredBundle;
import org.smsieve.trainer.data.EvaluatedMessages;
import org.smsieve.trainer.evaluate.Figure;
import org.smsieve.trainer.report.Table;

/** The published models and the running apps, for a person. */
final class ModelList {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

    private final Optional<Announcement> served;
    private final Optional<Announcement> shadow;
    private final Table table;

    private ModelList(Announcements announcements) {
        served = announcements.served();
        shadow = announcements.shadow();
        List<String> columns = new ArrayList<>(List.of("model", "state", "created"));
        columns.addAll(PartFigures.COLUMNS);
        table = new Table(3, columns);
    }

    static String of(Publisher publisher) throws IOException {
        ModelList list = new ModelList(publisher.announcements());
        List<StoredBundle> bundles = publisher.registry().bundles();
        bundles.forEach(bundle -> list.add(
                bundle.manifest().model(),
                bundle.sha256(),
                bundle.manifest().created(),
                bundle.manifest().metrics()));
        // Published from elsewhere.
        list.served.filter(announced -> !isAmong(bundles, announced)).ifPresent(list::addAnnounced);
        list.shadow.filter(announced -> !isAmong(bundles, announced)).ifPresent(list::addAnnounced);
        String models = bundles.isEmpty() && list.served.isEmpty() && list.shadow.isEmpty()
                ? "no models in " + publisher.registry().directory() + "\n"
                : list.table.text();
        return models + (list.served.isEmpty() ? "none is announced: apps serve the one they start with\n" : "") + "\n"
                + apps(publisher.reports());
    }

    private static boolean isAmong(List<StoredBundle> bundles, Announcement announced) {
        return bundles.stream().anyMatch(bundle -> bundle.sha256().equals(announced.sha256()));
    }

    private void addAnnounced(Announcement announced) {
        add(announced.model(), announced.sha256(), null, announced.metrics());
    }

    private void add(String model, String sha256, Instant created, Map<String, Object> metrics) {
        Object test = metrics.get(EvaluatedMessages.TEST);
        table.add(PartFigures.of(test).row(model, state(sha256), created == null ? "" : MINUTE.format(created)));
    }

    private String state(String sha256) {
        if (served.filter(announced -> announced.sha256().equals(sha256)).isPresent()) {
            return "current";
        }
        return shadow.filter(announced -> announced.sha256().equals(sha256))
                .map(announced -> "shadow of " + Figure.plain(100 * announced.fraction()) + " %")
                .orElse("");
    }

    private static String apps(List<AppReport> reports) {
        Instant now = Instant.now();
        List<AppReport> running =
                reports.stream().filter(report -> report.isCurrent(now)).toList();
        if (running.isEmpty()) {
            return "no app reports that it runs\n";
        }
        Table table = new Table(5, List.of("app", "instance", "serves", "shadow", "refused last"));
        running.forEach(report -> table.add(List.of(
                Objects.requireNonNullElse(report.application(), ""),
                report.instance(),
                report.model(),
                Objects.requireNonNullElse(report.shadow(), ""),
                Objects.requireNonNullElse(report.refused(), ""))));
        return table.text();
    }
}
