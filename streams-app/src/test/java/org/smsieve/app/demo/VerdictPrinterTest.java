package org.smsieve.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class VerdictPrinterTest {
    private final StringWriter out = new StringWriter();
    private final List<String> kinds = new ArrayList<>();
    private final VerdictPrinter printer =
            new VerdictPrinter(new PrintWriter(out), "sms-dead-letter", (line, kind) -> kinds.add(kind));

    private static ConsumerRecord<byte[], byte[]> record(String label, String value) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("sms-spam", 0, 0, null, value.getBytes(UTF_8));
        record.headers().add("smsieve.label", label.getBytes(UTF_8)).add(DemoFeed.LINE, "3".getBytes(UTF_8));
        return record;
    }

    @Test
    void printsALabelledRecord() {
        printer.print(record("spam", "{\"text\":\"win\"}"));

        assertThat(out).hasToString("spam         -  -  win" + System.lineSeparator());
        assertThat(kinds).containsExactly("spam");
    }

    /** Any client may write to the output topics. */
    @Test
    void printsTheLabelOfAForeignRecordAsText() {
        printer.print(record("@|red,bold x|@\u001b[31m\n", "win"));

        assertThat(out).hasToString("@|red,bold x|@\\u001b[31m\\n  -  -  win" + System.lineSeparator());
        assertThat(kinds).containsExactly("@|red,bold x|@\\u001b[31m\\n");
    }
}
