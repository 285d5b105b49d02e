package org.smsieve.trainer.report;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.smsieve.trainer.evaluate.Figure;
import org.smsieve.trainer.finetune.Figures;
import org.smsieve.trainer.finetune.History;
import org.smsieve.trainer.finetune.History.Point;

/** Loss or accuracy during training, against epochs (below) and messages learned from (above). */
final class HistoryPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 480;
    /** The title, and the upper axis with its name. */
    private static final int TOP = 78;
    /** So many points can still be told apart. */
    private static final int MAX_MARKERS = 25;

    private static final int MAX_TICKS = 6;

    private HistoryPlot() {}

    static Optional<Picture> loss(History history) {
        return isEmpty(history)
                ? Optional.empty()
                : Optional.of(new Picture(WIDTH, HEIGHT, graphics -> {
                    XYChart chart = chart(history, "loss (nats)", LegendPosition.InsideNE, Figures::loss);
                    chart.getStyler().setYAxisMin(0.0);
                    paint(graphics, chart, history, "Loss during training");
                }));
    }

    static Optional<Picture> accuracy(History history) {
        return isEmpty(history)
                ? Optional.empty()
                : Optional.of(new Picture(WIDTH, HEIGHT, graphics -> {
                    XYChart chart = chart(
                            history, "accuracy (%)", LegendPosition.InsideSE, figures -> 100 * figures.accuracy());
                    double least = history.points().stream()
                            .mapToDouble(point -> Math.min(
                                    point.train().accuracy(),
                                    point.validation() == null
                                            ? 1
                                            : point.validation().accuracy()))
                            .min()
                            .orElseThrow();
                    chart.getStyler().setYAxisMin(Math.max(0, 10 * Math.floor(10 * least - 0.5)));
                    chart.getStyler().setYAxisMax(100.5);
                    paint(graphics, chart, history, "Accuracy during training");
                }));
    }

    private static boolean isEmpty(History history) {
        return history == null || history.points().isEmpty() || last(history).epoch() <= 0;
    }

    private static Point last(History history) {
        return history.points().get(history.points().size() - 1);
    }

    private static XYChart chart(
            History history, String yTitle, LegendPosition legend, ToDoubleFunction<Figures> figure) {
        XYChart chart = Look.chart(WIDTH, HEIGHT - TOP + Look.MARGIN, "epochs", yTitle, legend);
        List<Point> points = history.points();
        boolean few = points.size() <= MAX_MARKERS;
        add(chart, "training messages", points, few ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE, true, figure);
        List<Point> validated =
                points.stream().filter(point -> point.validation() != null).toList();
        if (!validated.isEmpty()) {
            add(
                    chart,
                    "validation messages",
                    validated,
                    few ? SeriesMarkers.SQUARE : SeriesMarkers.NONE,
                    false,
                    figure);
        }
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(last(history).epoch());
        chart.getStyler().setXAxisDecimalPattern("0.##").setXAxisTickMarkSpacingHint(90);
        chart.getStyler().setMarkerSize(6);
        return chart;
    }

    private static void add(
            XYChart chart,
            String name,
            List<Point> points,
            Marker marker,
            boolean train,
            ToDoubleFunction<Figures> figure) {
        Look.add(
                chart,
                name,
                points.stream().mapToDouble(Point::epoch).toArray(),
                points.stream()
                        .mapToDouble(point -> figure.applyAsDouble(train ? point.train() : point.validation()))
                        .toArray(),
                train ? Look.FIRST : Look.SECOND,
                marker);
    }

    private static void paint(Graphics2D graphics, XYChart chart, History history, String title) {
        int top = TOP - Look.MARGIN;
        graphics.translate(0, top);
        chart.paint(graphics, WIDTH, HEIGHT - top);
        graphics.translate(0, -top);
        Look.title(graphics, title, WIDTH);
        upperAxis(graphics, chart, history, TOP);
        if (history.keptEpoch() < history.epochs()) {
            keptEpoch(graphics, chart, history);
        }
    }

    private static void upperAxis(Graphics2D graphics, XYChart chart, History history, double y) {
        double perEpoch = last(history).examples() / last(history).epoch();
        double step = step(last(history).examples());
        for (double examples = 0; examples <= last(history).examples(); examples += step) {
            double x = chart.getScreenXFromChart(examples / perEpoch);
            graphics.setColor(Look.FAINT);
            graphics.setStroke(new BasicStroke(1));
            graphics.draw(new Line2D.Double(x, y, x, y - 4));
            Look.text(graphics, Figure.count((int) examples), x, y - 8, Look.AXIS, Look.INK, 0.5);
        }
        double middle = (chart.getScreenXFromChart(0)
                        + chart.getScreenXFromChart(last(history).epoch()))
                / 2;
        Look.text(graphics, "messages learned from", middle, y - 26, Look.AXIS, Look.INK, 0.5);
    }

    /** The least of 1, 2, 5, 10, 20, … that makes few enough ticks. */
    private static double step(long examples) {
        double power = 1;
        while (true) {
            for (int factor : new int[] {1, 2, 5}) {
                if (examples / (factor * power) <= MAX_TICKS) {
                    return factor * power;
                }
            }
            power *= 10;
        }
    }

    private static void keptEpoch(Graphics2D graphics, XYChart chart, History history) {
        double x = chart.getScreenXFromChart(history.keptEpoch());
        double bottom =
                TOP - Look.MARGIN + chart.getScreenYFromChart(chart.getStyler().getYAxisMin());
        graphics.setColor(Look.FAINT);
        graphics.setStroke(
                new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0));
        graphics.draw(new Line2D.Double(x, TOP, x, bottom));
        Look.text(graphics, "kept", x - 5, TOP + 16, Look.AXIS, Look.INK, 1);
    }
}
