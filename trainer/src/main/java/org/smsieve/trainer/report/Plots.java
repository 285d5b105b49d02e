package org.smsieve.trainer.report;

import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.message.OneLine;

/** Writes a report's plots. */
final class Plots {
    private static final Logger LOG = LoggerFactory.getLogger(Plots.class);

    private Plots() {}

    /**
     * Writes all plots that there are figures for; with a warning none on a machine without fonts, and not those that
     * fail.
     *
     * @return the names of those written, without their endings
     */
    static List<String> write(Report report, Path directory) {
        System.setProperty("java.awt.headless", "true");
        if (!fontsWork()) {
            return List.of();
        }
        Map<String, Supplier<Optional<Picture>>> pictures = new LinkedHashMap<>();
        pictures.put("loss", () -> HistoryPlot.loss(report.history()));
        pictures.put("accuracy", () -> HistoryPlot.accuracy(report.history()));
        pictures.put("confusion", () -> ConfusionPlot.of(report.main()));
        pictures.put("roc", () -> RocPlot.of(report.main()));
        pictures.put("reliability", () -> ReliabilityPlot.of(report.main()));
        return write(pictures, directory);
    }

    /** Writes what can be drawn: a picture that fails must not cost the training that it tells of. */
    static List<String> write(Map<String, Supplier<Optional<Picture>>> pictures, Path directory) {
        List<String> written = new ArrayList<>();
        pictures.forEach((name, made) -> {
            try {
                Optional<Picture> picture = made.get();
                if (picture.isPresent()) {
                    picture.get().write(directory, name);
                    written.add(name);
                }
            } catch (IOException | RuntimeException | Error e) {
                LOG.warn("no plot {}: {}", name, OneLine.of(e.toString()));
            }
        });
        return written;
    }

    /** Java fails in several ways where its own libraries or all fonts are missing, as in small images. */
    private static boolean fontsWork() {
        try {
            return !new TextLayout("0", Look.AXIS, new FontRenderContext(null, true, true))
                    .getBounds()
                    .isEmpty();
        } catch (Error | RuntimeException e) {
            // Among them a bare java.lang.Error.
            LOG.warn("no plots: Java finds no fonts ({}); install fontconfig and a font such as DejaVu", e.toString());
            return false;
        }
    }
}
