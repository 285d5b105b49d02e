package org.smsieve.trainer.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Figure;
import org.smsieve.trainer.evaluate.RocCurve;

/**
 * Recall against the false positive rate of the positive label. The rate's axis is logarithmic, as filters are used
 * where it is well below 1 %; no false positive at all stands at its left end.
 */
final class RocPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 500;
    private static final int TOP = 36;

    private RocPlot() {}

    static Optional<Picture> of(EvaluatedPart part) {
        String positive = part.model().positiveLabel();
        List<RocCurve.Point> points =
                RocCurve.of(part.model().predictions(), positive).points();
        if (points.isEmpty()) {
            return Optional.empty();
        }
        int negatives = part.model().messages() - part.model().confusion().having(positive);
        double leastTick = Math.pow(10, Math.floor(Math.log10(1.0 / negatives)));
        // Left of all rates there can be, so that one false positive and none can be told apart.
        double leftEnd = leastTick / 1.5;
        return Optional.of(new Picture(WIDTH, HEIGHT, graphics -> {
            XYChart chart = Look.chart(
                    WIDTH,
                    HEIGHT - TOP,
                    "false positive rate (other messages called " + Look.shortened(positive, 20)
                            + "); at the left end none",
                    "recall of " + Look.shortened(positive, 30),
                    LegendPosition.InsideSE);
            double least = add(chart, "model", part.model(), leftEnd, Look.FIRST, SeriesMarkers.CIRCLE);
            if (part.baseline() != null) {
                least = Math.min(
                        least, add(chart, "baseline", part.baseline(), leftEnd, Look.SECOND, SeriesMarkers.SQUARE));
            }
            chart.getStyler()
                    .setXAxisLogarithmic(true)
                    .setXAxisMin(leftEnd / 1.3)
                    .setXAxisMax(1.3);
            chart.getStyler().setXAxisTickLabelsFormattingFunction(rate -> Figure.plain(100 * rate) + " %");
            double floor = Math.max(0, Math.floor(10 * least - 0.5) / 10);
            double room = (1 - floor) / 40;
            chart.getStyler().setYAxisMin(floor - room).setYAxisMax(1 + room);
            chart.getStyler().setYAxisDecimalPattern("0.00").setMarkerSize(9);
            graphics.translate(0, TOP);
            chart.paint(graphics, WIDTH, HEIGHT - TOP);
            graphics.translate(0, -TOP);
            Look.title(graphics, "ROC curve: " + part.name(), WIDTH);
        }));
    }

    /** Adds a curve and the point of the decision; gives the curve's least recall. */
    private static double add(
            XYChart chart, String name, Evaluation evaluation, double leftEnd, Color color, Marker marker) {
        String positive = evaluation.positiveLabel();
        RocCurve curve = RocCurve.of(evaluation.predictions(), positive);
        List<Double> rates = new ArrayList<>();
        List<Double> recalls = new ArrayList<>();
        double lastRecall = atNone(curve);
        rates.add(leftEnd);
        recalls.add(lastRecall);
        for (RocCurve.Point point : curve.points()) {
            // In stairs: what lies between two points is not reached by any threshold.
            if (point.falsePositiveRate() > 0 && point.recall() > lastRecall) {
                rates.add(point.falsePositiveRate());
                recalls.add(lastRecall);
                rates.add(point.falsePositiveRate());
                recalls.add(point.recall());
                lastRecall = point.recall();
            }
        }
        rates.add(1.0);
        recalls.add(lastRecall);
        XYSeries line = Look.add(
                chart,
                name + ", AUC " + Figure.decimal(curve.area()),
                toArray(rates),
                toArray(recalls),
                color,
                SeriesMarkers.NONE);
        if (color.equals(Look.SECOND)) {
            // The first curve is seen where this lies on it.
            line.setLineStyle(Look.DASHED);
        }
        double decidedRate = Math.max(leftEnd, evaluation.confusion().falsePositiveRate(positive));
        double decidedRecall = evaluation.confusion().recall(positive);
        XYSeries decided = Look.add(
                chart,
                name + ": as it decides",
                new double[] {decidedRate},
                new double[] {decidedRecall},
                color,
                marker);
        decided.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        return Math.min(recalls.get(0), decidedRecall);
    }

    /** The recall that can be had without a false positive. */
    private static double atNone(RocCurve curve) {
        return curve.points().stream()
                .filter(point -> point.falsePositiveRate() == 0)
                .mapToDouble(RocCurve.Point::recall)
                .max()
                .orElseThrow();
    }

    private static double[] toArray(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
