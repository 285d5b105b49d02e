package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.download.ScriptedServer;
import org.smsieve.trainer.Main;

/** {@code prepare --data uci} as its user runs it, with a mirror and a cache of the test's and the real collection. */
class UciCollectionIT {
    @TempDir
    private Path directory;

    private byte[] archive;

    @BeforeEach
    void zip() throws IOException {
        byte[] messages = Files.readAllBytes(Fixtures.smsSpamCollection());
        archive = UciCollectionTest.zip(Map.of("SMSSpamCollection", messages));
    }

    @Test
    void preparesWhatItDownloadsAndThenKeeps() throws Exception {
        try (ScriptedServer mirror = new ScriptedServer(ScriptedServer.file(archive, "\"one\""))) {
            String address = mirror.address("/uci/").toString();

            assertThat(prepare(address, directory.resolve("first")))
                    .contains("SMSSpamCollection.tsv: 5,574 messages (4,827 ham, 747 spam)");
            assertThat(prepare(address, directory.resolve("second"))).contains("5,574 messages");

            assertThat(mirror.requests())
                    .extracting(ScriptedServer.Request::target)
                    .containsExactly("/uci/static/public/228/sms+spam+collection.zip");
        }
        assertThat(directory.resolve("second/test.csv")).hasSameBinaryContentAs(directory.resolve("first/test.csv"));
    }

    private String prepare(String mirror, Path output) throws Exception {
        Path out = directory.resolve("out.txt");
        ProcessBuilder command = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "prepare",
                        "--data",
                        "uci",
                        "--output",
                        output.toString()))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        command.environment().put("SMSIEVE_CACHE", directory.resolve("cache").toString());
        command.environment().put("SMSIEVE_UCI_MIRROR", mirror);
        int exit = command.start().waitFor();
        String printed = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(exit).as(printed).isZero();
        return printed;
    }
}
