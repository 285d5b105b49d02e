package org.smsieve.trainer.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.smsieve.bundle.Manifest;
import org.smsieve.trainer.data.EvaluatedMessages;
import org.smsieve.trainer.report.Table;

/**
 * The figures of two models on the same test rows.
 *
 * @param models the candidate's and the served one's names
 * @param parts those that both were evaluated on; perhaps none
 */
record Comparison(List<String> models, List<Part> parts) {
    /** Less is rounding: metrics have six decimals. */
    private static final double TOLERANCE = 2e-6;

    /** One part of test rows, with the candidate's figures and the served model's. */
    private record Part(String name, PartFigures candidate, PartFigures served) {
        /**
         * By the Matthews correlation, which counts errors of both kinds by the share of each label, else by accuracy.
         */
        boolean isWorse() {
            boolean haveMatthews = candidate.matthews() != null && served.matthews() != null;
            return haveMatthews
                    ? isLess(candidate.matthews(), served.matthews())
                    : isLess(candidate.accuracy(), served.accuracy());
        }

        private static boolean isLess(Double ours, Double theirs) {
            return ours != null && theirs != null && ours < theirs - TOLERANCE;
        }
    }

    /**
     * Compares a candidate with a served model. Parts are the same rows where their checksums are the same.
     *
     * @param metrics those of the served model
     */
    static Comparison of(Manifest candidate, String served, Map<String, Object> metrics) {
        List<Part> parts = new ArrayList<>();
        candidate.metrics().forEach((name, figures) -> {
            PartFigures ours = PartFigures.of(figures);
            if (ours.rowsSha256() != null && !EvaluatedMessages.isSeenInTraining(name)) {
                metrics.values().stream()
                        .map(PartFigures::of)
                        .filter(theirs -> Objects.equals(theirs.rowsSha256(), ours.rowsSha256()))
                        .findFirst()
                        .ifPresent(theirs -> parts.add(new Part(name, ours, theirs)));
            }
        });
        return new Comparison(List.of(candidate.model(), served), parts);
    }

    boolean isWorse() {
        return parts.stream().anyMatch(Part::isWorse);
    }

    /** For a person. */
    String text() {
        if (parts.isEmpty()) {
            return "not compared with " + models.get(1) + ": no figures of the same test rows\n";
        }
        List<String> columns = new ArrayList<>(List.of("test rows", "model"));
        columns.addAll(PartFigures.COLUMNS);
        Table table = new Table(2, columns);
        for (Part part : parts) {
            table.add(part.candidate().row(part.name(), models.get(0)));
            table.add(part.served().row("", models.get(1)));
        }
        return table.text();
    }
}
