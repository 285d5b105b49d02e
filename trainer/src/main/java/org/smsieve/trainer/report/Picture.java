package org.smsieve.trainer.report;

import de.rototor.pdfbox.graphics2d.PdfBoxGraphics2D;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;

/**
 * A drawing, written as PNG and as PDF. The same drawing gives the same bytes: no dates are in them.
 *
 * @param width in points
 * @param height in points
 * @param painter draws it, the origin at the top left; text as outlines, so that the PDF needs no fonts
 */
record Picture(int width, int height, Consumer<Graphics2D> painter) {
    private static final int PIXELS_PER_POINT = 2;

    /** Writes {@code name.png} and {@code name.pdf}: neither, if one cannot be drawn. */
    void write(Path directory, String name) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image(), "png", png);
        ByteArrayOutputStream pdf = new ByteArrayOutputStream();
        writePdf(pdf);
        Files.write(directory.resolve(name + ".png"), png.toByteArray());
        Files.write(directory.resolve(name + ".pdf"), pdf.toByteArray());
    }

    private BufferedImage image() {
        BufferedImage image =
                new BufferedImage(width * PIXELS_PER_POINT, height * PIXELS_PER_POINT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(PIXELS_PER_POINT, PIXELS_PER_POINT);
        paint(graphics);
        graphics.dispose();
        return image;
    }

    private void writePdf(OutputStream out) throws IOException {
        try (PDDocument document = new PDDocument()) {
            // Else it is made from the time.
            document.setDocumentId(1L);
            PDPage page = new PDPage(new PDRectangle(width, height));
            document.addPage(page);
            PdfBoxGraphics2D graphics = new PdfBoxGraphics2D(document, width, height);
            paint(graphics);
            graphics.dispose();
            try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                content.drawForm(graphics.getXFormObject());
            }
            document.save(out);
        }
    }

    private void paint(Graphics2D graphics) {
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Look.BACKGROUND);
        graphics.fillRect(0, 0, width, height);
        painter.accept(graphics);
    }
}
