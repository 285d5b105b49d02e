package org.smsieve.trainer.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Optional;
import org.smsieve.trainer.evaluate.Confusion;
import org.smsieve.trainer.evaluate.Figure;

/** The model's confusion matrix: a cell is the darker the larger its share of the row. */
final class ConfusionPlot {
    /** Above the matrix: the title, the axis' name and the labels, which stand upright where they are too wide. */
    private static final int TOP = 92;

    private static final int TOP_WITHOUT_LABELS = 78;
    private static final int BELOW = 46;
    private static final int SMALLEST_CELL = 34;
    private static final int LARGEST_CELL = 130;
    private static final int MATRIX = 420;
    private static final int LONGEST_LABEL = 18;

    private ConfusionPlot() {}

    static Optional<Picture> of(EvaluatedPart part) {
        Confusion confusion = part.model().confusion();
        if (confusion.messages() == 0) {
            return Optional.empty();
        }
        int labels = confusion.labels().size();
        int cell = Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, MATRIX / labels));
        double widest = confusion.labels().stream()
                .mapToDouble(label -> Look.width(shortened(label), Look.AXIS))
                .max()
                .orElse(0);
        boolean upright = widest > cell - 8;
        int top = upright ? TOP_WITHOUT_LABELS + (int) Math.ceil(widest) : TOP;
        int left = (int) Math.ceil(widest) + 58;
        int width = Math.max(left + labels * cell + 40, 420);
        return Optional.of(new Picture(width, top + labels * cell + BELOW, graphics -> {
            Look.title(graphics, "Confusion matrix: " + part.name(), width);
            matrix(graphics, confusion, left, top, cell, upright);
        }));
    }

    private static void matrix(Graphics2D graphics, Confusion confusion, int left, int top, int cell, boolean upright) {
        List<String> labels = confusion.labels();
        int side = labels.size() * cell;
        double center = left + side / 2.0;
        Look.text(graphics, "label given", center, Look.MARGIN + 42, Look.AXIS, Look.INK, 0.5);
        Look.upwards(graphics, "own label", Look.MARGIN + 10, top + side / 2.0, Look.AXIS, Look.INK, 0.5);
        for (int i = 0; i < labels.size(); i++) {
            double middle = (i + 0.5) * cell;
            String label = shortened(labels.get(i));
            if (upright) {
                Look.upwards(graphics, label, left + middle + 4, top - 8, Look.AXIS, Look.INK, 0);
            } else {
                Look.text(graphics, label, left + middle, top - 10, Look.AXIS, Look.INK, 0.5);
            }
            Look.text(graphics, label, left - 10, top + middle + 4, Look.AXIS, Look.INK, 1);
            for (int j = 0; j < labels.size(); j++) {
                Rectangle2D place = new Rectangle2D.Double(left + j * cell + 1, top + i * cell + 1, cell - 2, cell - 2);
                cell(graphics, confusion.counts().get(i).get(j), confusion.having(labels.get(i)), place);
            }
        }
        String note = "the darker, the larger the share of the row";
        Look.text(graphics, note, center, top + side + 26, Look.SMALL, Look.FAINT, 0.5);
    }

    private static void cell(Graphics2D graphics, int count, int row, Rectangle2D place) {
        double share = row == 0 ? 0 : (double) count / row;
        graphics.setColor(shade(share));
        graphics.fill(place);
        Color ink = share > 0.5 ? Look.BACKGROUND : Look.INK;
        double x = place.getCenterX();
        double y = place.getCenterY();
        boolean large = place.getWidth() > 70;
        Font font = Look.font(Font.BOLD, large ? 20 : 11);
        Look.text(graphics, Figure.count(count), x, large ? y + 2 : y + 4, font, ink, 0.5);
        if (large) {
            Look.text(graphics, row == 0 ? "–" : Figure.percent(share), x, y + 22, Look.AXIS, ink, 0.5);
        }
    }

    /** From nearly white to the first colour. */
    private static Color shade(double share) {
        return new Color(
                mixed(0xf4, Look.FIRST.getRed(), share),
                mixed(0xf6, Look.FIRST.getGreen(), share),
                mixed(0xf8, Look.FIRST.getBlue(), share));
    }

    private static int mixed(int from, int to, double share) {
        return (int) Math.round(from + share * (to - from));
    }

    private static String shortened(String label) {
        return Look.shortened(label, LONGEST_LABEL);
    }
}
