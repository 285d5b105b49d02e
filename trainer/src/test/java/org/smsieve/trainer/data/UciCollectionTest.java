package org.smsieve.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.Sha256;
import org.smsieve.command.UserException;
import org.smsieve.download.DownloadProgress;
import org.smsieve.download.Downloader;
import org.smsieve.download.Patience;
import org.smsieve.download.ScriptedServer;
import org.smsieve.download.Site;

/** Downloads from a server of the test's, of a file of the test's. */
class UciCollectionTest {
    private static final byte[] MESSAGES = "ham\tsee you\nspam\twin a prize\n".getBytes(StandardCharsets.UTF_8);
    private static final String ENTRY = "SMSSpamCollection";
    private static final String ARCHIVE = "sms+spam+collection.zip";

    @TempDir
    private Path cache;

    @Test
    void fetchesUnpacksAndKeepsTheFile() throws IOException {
        try (ScriptedServer server = serving(zip(Map.of("readme", new byte[10], ENTRY, MESSAGES)))) {
            Path file = collection(server).file(DownloadProgress.NONE);

            assertThat(file).isEqualTo(cache.resolve("SMSSpamCollection.tsv")).hasBinaryContent(MESSAGES);
            assertThat(server.requests())
                    .extracting(ScriptedServer.Request::target)
                    .containsExactly("/static/public/228/" + ARCHIVE);
            assertThat(collection(server).file(DownloadProgress.NONE)).isEqualTo(file);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void writesNoOtherEntryAndNoNameOfTheArchive() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("../" + ENTRY, "evil".getBytes(StandardCharsets.UTF_8));
        entries.put("/tmp/" + ENTRY, "evil".getBytes(StandardCharsets.UTF_8));
        entries.put("sub/" + ENTRY, "evil".getBytes(StandardCharsets.UTF_8));
        entries.put(ENTRY, MESSAGES);
        try (ScriptedServer server = serving(zip(entries))) {
            collection(server).file(DownloadProgress.NONE);
        }

        assertThat(cache.resolve("SMSSpamCollection.tsv")).hasBinaryContent(MESSAGES);
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("SMSSpamCollection.tsv", ARCHIVE, "." + ARCHIVE + ".lock");
        }
        assertThat(cache.resolveSibling(ENTRY)).doesNotExist();
    }

    @Test
    void refusesOtherArchives() throws IOException {
        refuses(zip(Map.of("../" + ENTRY, MESSAGES)), "has no SMSSpamCollection");
        refuses(zip(Map.of(ENTRY, "other".getBytes(StandardCharsets.UTF_8))), "(expected: " + Sha256.of(MESSAGES));
        // 64 MB of zeros are 64 KB zipped.
        refuses(zip(Map.of(ENTRY, new byte[64 << 20])), "more than 1048576 bytes");
        refuses("<html>".getBytes(StandardCharsets.UTF_8), "not a zip archive");
        refuses(new byte[5 << 20], "(expected: at most 4194304 bytes)");
    }

    @Test
    void replacesADamagedFile() throws IOException {
        Files.writeString(cache.resolve("SMSSpamCollection.tsv"), "damaged");
        Files.writeString(cache.resolve(ARCHIVE), "damaged too");
        try (ScriptedServer server = serving(zip(Map.of(ENTRY, MESSAGES)))) {
            assertThat(collection(server).file(DownloadProgress.NONE)).hasBinaryContent(MESSAGES);
        }
    }

    @Test
    void keepsOtherFilesUntilTheRightOnesAreThere() throws IOException {
        byte[] other = "other".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(cache.resolve("SMSSpamCollection.tsv"), other);
        byte[] otherArchive = zip(Map.of(ENTRY, other));
        Path archive = Files.write(cache.resolve(ARCHIVE), otherArchive);
        UciCollection offline = offline();

        String fault = "sha256 " + Sha256.of(other) + " (expected: " + Sha256.of(MESSAGES) + ")";
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> offline.file(DownloadProgress.NONE))
                .withMessageContaining(file + ": " + fault)
                .withMessageContaining(archive + ": " + ENTRY + ": " + fault);

        assertThat(file).hasBinaryContent(other);
        assertThat(archive).hasBinaryContent(otherArchive);

        try (ScriptedServer server = serving("<html>".getBytes(StandardCharsets.UTF_8))) {
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> collection(server).file(DownloadProgress.NONE))
                    .withMessageContaining(archive + ": not a zip archive")
                    .withMessageContaining(file + ": " + fault)
                    .withMessageNotContaining(ENTRY + ": " + fault);
        }
    }

    @Test
    void usesWhatTheUserBrought() throws IOException {
        UciCollection offline = offline();

        Files.write(cache.resolve(ARCHIVE), zip(Map.of(ENTRY, MESSAGES)));
        assertThat(offline.file(DownloadProgress.NONE)).hasBinaryContent(MESSAGES);

        Files.delete(cache.resolve(ARCHIVE));
        assertThat(offline.file(DownloadProgress.NONE)).hasBinaryContent(MESSAGES);
    }

    @Test
    void saysWhichFileToPutWhereIfItCannotBeHad() throws IOException {
        UciCollection offline = offline();

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> offline.file(DownloadProgress.NONE))
                .withMessageStartingWith("data: uci: http://127.0.0.1:")
                .withMessageContaining("cannot be reached: connection refused")
                .withMessageContaining("SMSIEVE_UCI_MIRROR")
                .withMessageContaining(
                        "https://archive.ics.uci.edu/static/public/228/" + ARCHIVE + " at " + cache.resolve(ARCHIVE))
                .withMessageContaining(cache.resolve("SMSSpamCollection.tsv").toString())
                .withMessageEndingWith("--data FILE")
                .withMessageNotContaining("\n");
    }

    private void refuses(byte[] archive, String fault) throws IOException {
        try (ScriptedServer server = serving(archive)) {
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> collection(server).file(DownloadProgress.NONE))
                    .withMessageStartingWith("data: uci: ")
                    .withMessageContaining(fault);
        }
        assertThat(cache.resolve("SMSSpamCollection.tsv")).doesNotExist();
        assertThat(cache.resolve(ARCHIVE)).doesNotExist();
    }

    private static ScriptedServer serving(byte[] archive) throws IOException {
        return new ScriptedServer(ScriptedServer.file(archive, "\"one\""));
    }

    /** A collection whose server has just gone. */
    private UciCollection offline() throws IOException {
        try (ScriptedServer gone = serving(MESSAGES)) {
            return collection(gone);
        }
    }

    private UciCollection collection(ScriptedServer server) {
        Patience patience = new Patience(Duration.ofSeconds(20), Duration.ofSeconds(20), 2, Duration.ofMillis(1));
        return new UciCollection(
                new Site(server.address("").toString()), cache, new Downloader(patience), Sha256.of(MESSAGES));
    }

    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
