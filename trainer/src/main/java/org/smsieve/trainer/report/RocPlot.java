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

    static Optional<Picture> of(Part part) {
        String positive = part.model().positiveLabel();
        List<RocCurve.Point> points =
                RocCurve.of(part.model().predictions(), positive).points();
        if (points.isEmpty()) {
            return Optional.empty();
        }
        int negatives = part.model().messages() - part.model().confusion().having(positive);
        // Below the least rate that there can be, so that one false positive and none can be told apart.
        double leftEnd = Math.pow(10, Math.floor(Math.log10(1.0 / (negatives + 1))));
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
            chart.getStyler().setXAxisLogarithmic(true).setXAxisMin(leftEnd).setXAxisMax(1.0);
            chart.getStyler().setXAxisTickLabelsFormattingFunction(rate -> Figure.plain(100 * rate) + " %");
            chart.getStyler().setXAxisLogarithmicDecadeOnly(true);
            chart.getStyler().setYAxisMin(Math.max(0, Math.floor(10 * least - 0.5) / 10));
            chart.getStyler().setYAxisMax(1.0).setYAxisDecimalPattern("0.0#").setMarkerSize(9);
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
        double recall = 0;
        for (RocCurve.Point point : curve.points()) {
            // In stairs: what lies between two points is not reached by any threshold.
            double rate = Math.max(leftEnd, point.falsePositiveRate());
            if (!rates.isEmpty()) {
                rates.add(rate);
                recalls.add(recall);
            }
            recall = point.recall();
            rates.add(rate);
            recalls.add(recall);
        }
        Look.add(
                chart,
                name + ", AUC " + Figure.decimal(curve.area()),
                toArray(rates),
                toArray(recalls),
                color,
                SeriesMarkers.NONE);
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
        double atLeftEnd = 0;
        for (RocCurve.Point point : curve.points()) {
            atLeftEnd = point.falsePositiveRate() == 0 ? point.recall() : atLeftEnd;
        }
        return Math.min(atLeftEnd, decidedRecall);
    }

    private static double[] toArray(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
