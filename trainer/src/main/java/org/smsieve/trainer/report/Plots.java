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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a report's plots. */
final class Plots {
    private static final Logger LOG = LoggerFactory.getLogger(Plots.class);

    private Plots() {}

    /**
     * Writes all plots that there are figures for; none, with a warning, on a machine without fonts.
     *
     * @return the names of those written, without their endings
     */
    static List<String> write(Report report, Path directory) throws IOException {
        System.setProperty("java.awt.headless", "true");
        if (!fontsWork()) {
            return List.of();
        }
        Map<String, Optional<Picture>> pictures = new LinkedHashMap<>();
        pictures.put("loss", HistoryPlot.loss(report.history()));
        pictures.put("accuracy", HistoryPlot.accuracy(report.history()));
        pictures.put("confusion", ConfusionPlot.of(report.main()));
        pictures.put("roc", RocPlot.of(report.main()));
        pictures.put("reliability", ReliabilityPlot.of(report.main()));
        List<String> written = new ArrayList<>();
        for (Map.Entry<String, Optional<Picture>> picture : pictures.entrySet()) {
            if (picture.getValue().isPresent()) {
                picture.getValue().get().write(directory, picture.getKey());
                written.add(picture.getKey());
            }
        }
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
