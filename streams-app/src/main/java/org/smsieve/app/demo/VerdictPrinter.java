package org.smsieve.app.demo;

import com.fasterxml.jackson.core.JsonPointer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.smsieve.app.topology.OutboundHeaders;
import org.smsieve.message.Inbound;
import org.smsieve.message.InputFormat;
import org.smsieve.message.OneLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** Prints output records as lines for people: label, score, the model's version, text; in colours on a terminal. */
final class VerdictPrinter {
    private static final InputFormat TEXT = new InputFormat.Json(JsonPointer.compile("/text"));

    /** AUTO: none unless stdout is a terminal, nor with NO_COLOR set. */
    private static final Help.ColorScheme COLOURS = Help.defaultColorScheme(Ansi.AUTO);

    private static final String DEAD_LETTER = "dead letter";

    private final PrintWriter out;
    private final String deadLetterTopic;
    private final BiConsumer<Integer, String> figures;

    /** A printer that tells {@code figures} the line and the kind of each of the demo's own messages. */
    VerdictPrinter(PrintWriter out, String deadLetterTopic, BiConsumer<Integer, String> figures) {
        this.out = out;
        this.deadLetterTopic = deadLetterTopic;
        this.figures = figures;
    }

    void print(ConsumerRecord<byte[], byte[]> record) {
        // By the topic: any client may write there, and a dead letter sent again keeps its headers.
        boolean dead = record.topic().equals(deadLetterTopic);
        String kind = dead ? DEAD_LETTER : OneLine.of(orElse(header(record, OutboundHeaders.LABEL), record.topic()));
        String shown = dead
                ? orElse(header(record, OutboundHeaders.ERROR_MESSAGE), text(record))
                : orElse(header(record, OutboundHeaders.SCORE), "-") + "  " + version(record) + "  " + text(record);
        out.println(COLOURS.apply("%-11s".formatted(kind), style(kind)) + "  " + OneLine.of(shown));
        out.flush();
        String line = header(record, DemoFeed.LINE);
        if (line != null && line.matches("\\d{1,9}")) {
            figures.accept(Integer.valueOf(line), kind);
        }
    }

    /** Of the model that decided. */
    private static String version(ConsumerRecord<byte[], byte[]> record) {
        String model = orElse(header(record, OutboundHeaders.MODEL), "-");
        return model.substring(model.indexOf('@') + 1);
    }

    private static String orElse(String given, String otherwise) {
        return given == null ? otherwise : given;
    }

    private static List<Ansi.IStyle> style(String kind) {
        return switch (kind) {
            case "ham" -> List.of(Ansi.Style.fg_green);
            case "spam" -> List.of(Ansi.Style.fg_red, Ansi.Style.bold);
            default -> List.of(Ansi.Style.fg_yellow);
        };
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return "";
        }
        String value = new String(record.value(), StandardCharsets.UTF_8);
        return TEXT.read(value) instanceof Inbound.Message message ? message.text() : value;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
