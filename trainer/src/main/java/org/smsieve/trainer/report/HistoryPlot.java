package org.smsieve.trainer.report;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendLayout;
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
                    XYChart chart = chart(history, "loss (nats)", Figures::loss);
                    double loss = extremes(history, Figures::loss).getMax();
                    double most = loss > 0 ? loss : 1;
                    chart.getStyler().setYAxisMin(-0.02 * most).setYAxisMax(1.04 * most);
                    paint(graphics, chart, history, "Loss during training", true);
                }));
    }

    static Optional<Picture> accuracy(History history) {
        return isEmpty(history)
                ? Optional.empty()
                : Optional.of(new Picture(WIDTH, HEIGHT, graphics -> {
                    XYChart chart = chart(history, "accuracy (%)", figures -> 100 * figures.accuracy());
                    double least = extremes(history, Figures::accuracy).getMin();
                    // Never from 100 % on: an axis has some length.
                    double floor = Math.min(90, 10 * Math.floor(10 * least));
                    double room = (100 - floor) / 40;
                    chart.getStyler().setYAxisMin(floor - room).setYAxisMax(100 + room);
                    paint(graphics, chart, history, "Accuracy during training", false);
                }));
    }

    private static DoubleSummaryStatistics extremes(History history, ToDoubleFunction<Figures> figure) {
        return history.points().stream()
                .flatMap(point -> Stream.of(point.train(), point.validation()))
                .filter(Objects::nonNull)
                .mapToDouble(figure)
                .summaryStatistics();
    }

    private static boolean isEmpty(History history) {
        return history == null || history.points().isEmpty() || last(history).epoch() <= 0;
    }

    private static Point last(History history) {
        return history.points().get(history.points().size() - 1);
    }

    private static XYChart chart(History history, String yTitle, ToDoubleFunction<Figures> figure) {
        XYChart chart = Look.chart(WIDTH, HEIGHT - TOP + Look.MARGIN, "epochs", yTitle, LegendPosition.OutsideS);
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
        double room = last(history).epoch() / 80;
        chart.getStyler().setXAxisMin(-room).setXAxisMax(last(history).epoch() + room);
        // Both axes have whole numbers, which XChart does not promise.
        chart.getStyler().setXAxisTickLabelsFormattingFunction(epoch -> " ");
        chart.getStyler().setAxisTitlePadding(16);
        chart.getStyler()
                .setAxisTickMarkLength(4)
                .setPlotGridVerticalLinesVisible(false)
                .setMarkerSize(6);
        chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
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

    private static void paint(Graphics2D graphics, XYChart chart, History history, String title, boolean downwards) {
        int top = TOP - Look.MARGIN;
        graphics.translate(0, top);
        chart.paint(graphics, WIDTH, HEIGHT - top - 8);
        graphics.translate(0, -top);
        Look.title(graphics, title, WIDTH);
        double epochs = last(history).epoch();
        double examples = last(history).examples();
        double middle = (chart.getScreenXFromChart(0) + chart.getScreenXFromChart(epochs)) / 2;
        Look.text(graphics, "messages learned from", middle, TOP - 26, Look.AXIS, Look.INK, 0.5);
        ticks(graphics, chart, examples, epochs / examples, TOP, -4, -8);
        ticks(graphics, chart, epochs, 1, bottom(chart), 5, 20);
        if (history.keptEpoch() < history.epochs()) {
            // Where there is no curve.
            keptEpoch(graphics, chart, history, downwards ? TOP + 16 : bottom(chart) - 10);
        }
    }

    /** Ticks with labels along an axis whose unit is so many epochs. */
    private static void ticks(
            Graphics2D graphics, XYChart chart, double end, double unit, double y, int length, int labels) {
        double step = step(end);
        for (int i = 0; i * step <= end; i++) {
            double x = chart.getScreenXFromChart(i * step * unit);
            graphics.setColor(Look.FAINT);
            graphics.setStroke(new BasicStroke(1));
            graphics.draw(new Line2D.Double(x, y, x, y + length));
            Look.text(graphics, Figure.count((int) (i * step)), x, y + labels, Look.AXIS, Look.INK, 0.5);
        }
    }

    /** The least of 1, 2, 5, 10, 20, … that makes few enough ticks. */
    private static double step(double end) {
        double power = 1;
        while (true) {
            for (int factor : new int[] {1, 2, 5}) {
                if (end / (factor * power) <= MAX_TICKS) {
                    return factor * power;
                }
            }
            power *= 10;
        }
    }

    private static void keptEpoch(Graphics2D graphics, XYChart chart, History history, double y) {
        double x = chart.getScreenXFromChart(history.keptEpoch());
        graphics.setColor(Look.FAINT);
        graphics.setStroke(Look.DASHED);
        graphics.draw(new Line2D.Double(x, TOP, x, bottom(chart)));
        Look.text(graphics, "kept", x - 6, y, Look.AXIS, Look.INK, 1);
    }

    /** Where the plot's lower edge is, once it has been painted. */
    private static double bottom(XYChart chart) {
        return TOP - Look.MARGIN + chart.getScreenYFromChart(chart.getStyler().getYAxisMin());
    }
}
