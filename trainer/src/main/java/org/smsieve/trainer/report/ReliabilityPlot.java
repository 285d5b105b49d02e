package org.smsieve.trainer.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.smsieve.trainer.evaluate.Calibration;
import org.smsieve.trainer.evaluate.Calibration.Bin;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Figure;

/** Accuracy against confidence, and below it how many messages have which confidence. */
final class ReliabilityPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 600;
    private static final int TOP = 36;
    private static final int BARS = 110;
    private static final int BETWEEN = 28;

    private ReliabilityPlot() {}

    static Optional<Picture> of(EvaluatedPart part) {
        return part.model().messages() == 0
                ? Optional.empty()
                : Optional.of(new Picture(WIDTH, HEIGHT, graphics -> paint(graphics, part)));
    }

    private static void paint(Graphics2D graphics, EvaluatedPart part) {
        // The likeliest of n labels has at least 1/n.
        int firstBin = Calibration.BINS / part.model().labels().size();
        double from = (double) firstBin / Calibration.BINS;
        int chartHeight = HEIGHT - TOP - BARS - BETWEEN - Look.MARGIN;
        XYChart chart = Look.chart(
                WIDTH,
                chartHeight,
                "probability of the likeliest label",
                "share that have it",
                LegendPosition.InsideSE);
        Look.addReference(chart, "as it should be", new double[] {from, 1}, new double[] {from, 1});
        add(chart, "model", part.model(), Look.FIRST, SeriesMarkers.CIRCLE);
        if (part.baseline() != null) {
            add(chart, "baseline", part.baseline(), Look.SECOND, SeriesMarkers.SQUARE);
        }
        // A little more than the range, so that no point is cut and the ends have ticks.
        double room = (1 - from) / 50;
        chart.getStyler().setXAxisMin(from - room).setXAxisMax(1 + room).setXAxisDecimalPattern("0.00");
        chart.getStyler()
                .setYAxisMin(-0.03)
                .setYAxisMax(1.03)
                .setYAxisDecimalPattern("0.0")
                .setMarkerSize(8);
        graphics.translate(0, TOP);
        chart.paint(graphics, WIDTH, chartHeight);
        graphics.translate(0, -TOP);
        Look.title(graphics, "Reliability: " + part.name(), WIDTH);
        bars(graphics, chart, Calibration.of(part.model().predictions()).bins(), firstBin);
    }

    private static void add(XYChart chart, String name, Evaluation evaluation, Color color, Marker marker) {
        List<Bin> bins = Calibration.of(evaluation.predictions()).bins().stream()
                .filter(bin -> bin.count() > 0)
                .toList();
        Look.add(
                chart,
                name + ", calibration error " + Figure.decimal(evaluation.calibrationError()),
                bins.stream().mapToDouble(Bin::confidence).toArray(),
                bins.stream().mapToDouble(Bin::accuracy).toArray(),
                color,
                marker);
    }

    /** How many of the model's messages are in each bin, their heights logarithmic: most are in the last. */
    private static void bars(Graphics2D graphics, XYChart chart, List<Bin> bins, int firstBin) {
        double bottom = HEIGHT - Look.MARGIN - 4;
        double most = bins.stream().mapToInt(Bin::count).max().orElse(1);
        for (int i = firstBin; i < bins.size(); i++) {
            double left = chart.getScreenXFromChart((double) i / bins.size());
            double right = chart.getScreenXFromChart((i + 1.0) / bins.size());
            int count = bins.get(i).count();
            double height = (BARS - 20) * Math.log1p(count) / Math.log1p(most);
            graphics.setColor(Look.FIRST);
            graphics.fill(new Rectangle2D.Double(left + 2, bottom - height, right - left - 4, height));
            Look.text(
                    graphics, Figure.count(count), (left + right) / 2, bottom - height - 4, Look.SMALL, Look.INK, 0.5);
        }
        graphics.setColor(Look.FAINT);
        graphics.draw(new Line2D.Double(
                chart.getScreenXFromChart((double) firstBin / bins.size()),
                bottom,
                chart.getScreenXFromChart(1),
                bottom));
        Look.upwards(graphics, "messages", Look.MARGIN + 10, bottom - BARS / 2.0 + 8, Look.AXIS, Look.INK, 0.5);
        Look.upwards(graphics, "(log scale)", Look.MARGIN + 26, bottom - BARS / 2.0 + 8, Look.SMALL, Look.FAINT, 0.5);
    }
}
