package org.smsieve.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.AppProcess;

@Timeout(120)
class DemoIT {
    @TempDir
    private Path directory;

    private Path messages() throws Exception {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 0; i < 300; i++) {
            content.writeBytes(("message number " + i + " 🎉\n").getBytes(StandardCharsets.UTF_8));
        }
        content.writeBytes("\n\ntab\there\n".getBytes(StandardCharsets.UTF_8));
        content.writeBytes(new byte[] {(byte) 0xc3, '\n', 'a', (byte) 0xff, '\n'});
        content.writeBytes("POISON is in this one\n".getBytes(StandardCharsets.UTF_8));
        return Files.write(directory.resolve("messages.txt"), content.toByteArray());
    }

    private AppProcess demo(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("demo", "--http-port", "0"));
        arguments.addAll(List.of(options));
        return new AppProcess(directory, arguments.toArray(String[]::new));
    }

    @Test
    void classifiesAFileAndItsCountsAddUp() throws Exception {
        String file = messages().toString();
        try (AppProcess demo = demo("--kafka-port", "0", "--once", "--messages", file)) {
            assertThat(demo.exitCode()).as(demo.err()).isZero();

            List<String> lines = demo.out().lines().toList();
            assertThat(count(lines, "ham") + count(lines, "spam")).isEqualTo(303);
            assertThat(count(lines, "dead letter")).isEqualTo(3);
            assertThat(count(lines, "total")).isEqualTo(306);
            assertThat(lines).anyMatch(line -> line.matches("(ham|spam) +0\\.750000 {2}1 {2}tab\\\\there"));
            assertThat(lines).anyMatch(line -> line.matches("(ham|spam) +0\\.750000 {2}1 {2}message number 7 🎉"));
            assertThat(lines).anyMatch(line -> line.matches("dead letter +not-utf8: .*"));
            assertThat(lines).anyMatch(line -> line.matches("throughput +[0-9]+ messages a second"));
            assertThat(lines).anyMatch(line -> line.matches("latency +p50 [0-9]+ ms p95 .*"));
            assertThat(demo.err()).doesNotContain("ERROR", "\tat ");
        }
    }

    private static int count(List<String> lines, String kind) {
        return lines.stream()
                .filter(line -> line.matches(kind + " +[0-9]+"))
                .mapToInt(line -> Integer.parseInt(line.substring(kind.length()).strip()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void servesAnyClientUntilItIsTold() throws Exception {
        int port = AppProcess.freePort();
        try (AppProcess demo = demo("--kafka-port", Integer.toString(port))) {
            await().atMost(Duration.ofMinutes(1)).until(() -> demo.err().contains("Ctrl-C"));
            ByteArraySerializer bytes = new ByteArraySerializer();
            Map<String, Object> properties = Map.of("bootstrap.servers", "localhost:" + port);
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, bytes, bytes)) {
                byte[] value = "from another client".getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>("sms-inbound", value)).get();
            }
            await().until(() -> demo.out().contains("  from another client\n"));

            demo.terminate();

            assertThat(demo.exitCode()).as(demo.err()).isZero();
        }
    }

    @Test
    void saysThatItsPortIsInUse() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                AppProcess demo = demo("--kafka-port", Integer.toString(socket.getLocalPort()))) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.err()).contains("smsieve: --kafka-port: " + socket.getLocalPort() + " is in use");
            assertThat(demo.err()).doesNotContain("\tat ");
        }
    }
}
