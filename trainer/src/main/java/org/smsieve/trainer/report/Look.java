package org.smsieve.trainer.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * What all plots look like. The colours are those of Okabe and Ito (2008), which colour-blind people can tell apart.
 */
final class Look {
    static final Color BACKGROUND = Color.WHITE;
    static final Color INK = new Color(0x33, 0x33, 0x33);
    static final Color FAINT = new Color(0x88, 0x88, 0x88);
    static final Color GRID = new Color(0xe6, 0xe6, 0xe6);
    static final Color FIRST = new Color(0x00, 0x72, 0xb2);
    static final Color SECOND = new Color(0xd5, 0x5e, 0x00);
    static final Font TITLE = font(Font.BOLD, 15);
    static final Font AXIS = font(Font.PLAIN, 12);
    static final Font SMALL = font(Font.PLAIN, 10);
    static final int MARGIN = 16;

    static final BasicStroke DASHED =
            new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {8, 5}, 0);

    private static final FontRenderContext UNHINTED = new FontRenderContext(null, true, true);

    private Look() {}

    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /** An empty chart without a title. */
    static XYChart chart(int width, int height, String xTitle, String yTitle, LegendPosition legend) {
        XYChart chart = new XYChart(width, height);
        chart.setXAxisTitle(xTitle);
        chart.setYAxisTitle(yTitle);
        XYStyler styler = chart.getStyler();
        styler.setChartTitleVisible(false);
        styler.setChartBackgroundColor(BACKGROUND).setChartFontColor(INK).setPlotBackgroundColor(BACKGROUND);
        styler.setPlotBorderColor(FAINT).setChartPadding(MARGIN).setLocale(Locale.ROOT);
        styler.setLegendPosition(legend)
                .setLegendFont(AXIS)
                .setLegendBorderColor(GRID)
                .setLegendPadding(8);
        styler.setAxisTitleFont(AXIS).setAxisTickLabelsFont(AXIS).setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1)).setAxisTickMarksColor(FAINT);
        styler.setAxisTickLabelsColor(INK).setPlotMargin(0);
        styler.setPlotContentSize(1);
        return chart;
    }

    static XYSeries add(XYChart chart, String name, double[] x, double[] y, Color color, Marker marker) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarkerColor(color).setMarker(marker).setLineColor(color);
        series.setLineStyle(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        return series;
    }

    /** A line to compare with. */
    static void addReference(XYChart chart, String name, double[] x, double[] y) {
        XYSeries series = add(chart, name, x, y, FAINT, SeriesMarkers.NONE);
        series.setLineStyle(SeriesLines.DASH_DASH);
    }

    static void title(Graphics2D graphics, String title, int width) {
        text(graphics, shortened(title, 70), width / 2.0, MARGIN + 12, TITLE, INK, 0.5);
    }

    /**
     * Text as outlines.
     *
     * @param y of its baseline
     * @param anchor the share of its width that is left of {@code x}
     */
    static void text(Graphics2D graphics, String text, double x, double y, Font font, Color color, double anchor) {
        if (text.isEmpty()) {
            return;
        }
        TextLayout layout = new TextLayout(text, font, UNHINTED);
        graphics.setColor(color);
        graphics.fill(layout.getOutline(AffineTransform.getTranslateInstance(x - anchor * layout.getAdvance(), y)));
    }

    /**
     * Text that runs upwards, as outlines.
     *
     * @param x of its baseline
     * @param anchor the share of its length that is below {@code y}
     */
    static void upwards(Graphics2D graphics, String text, double x, double y, Font font, Color color, double anchor) {
        AffineTransform before = graphics.getTransform();
        graphics.rotate(-Math.PI / 2, x, y);
        text(graphics, text, x, y, font, color, anchor);
        graphics.setTransform(before);
    }

    static double width(String text, Font font) {
        Rectangle2D bounds = font.getStringBounds(text, UNHINTED);
        return bounds.getWidth();
    }

    /** At most so many characters. */
    static String shortened(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length - 1)) + "…";
    }
}
