package org.smsieve.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTest {
    private static final long KIB = 1 << 10;

    /** As Linux writes it, shortened. */
    private static final String MEMINFO = """
            MemTotal:       16384256 kB
            MemFree:          524288 kB
            MemAvailable:    8192000 kB
            Buffers:          123456 kB
            SwapTotal:             0 kB
            """;

    @TempDir
    private Path directory;

    private void write(String file, String content) throws IOException {
        Files.writeString(directory.resolve(file), content);
    }

    private void container(String limit, String used, String stat) throws IOException {
        write("memory.max", limit + "\n");
        write("memory.current", used + "\n");
        write("memory.stat", stat);
    }

    private Long available() {
        return AvailableMemory.bytes(directory.resolve("meminfo"), directory).stream()
                .boxed()
                .findFirst()
                .orElse(null);
    }

    @Test
    void isWhatTheSystemSaysWhereThereIsNoContainer() throws IOException {
        write("meminfo", MEMINFO);

        assertThat(available()).isEqualTo(8_192_000 * KIB);
    }

    @Test
    void isWhatTheContainerHasLeftWithWhatItsFilesGiveBack() throws IOException {
        write("meminfo", MEMINFO);
        container("1000000", "700000", "anon 500000\ninactive_file 150000\nactive_file 50000\n");

        assertThat(available()).isEqualTo(450_000);
    }

    @Test
    void isTheSystemsWhereTheContainerMayHaveMore() throws IOException {
        write("meminfo", MEMINFO);
        container("99000000000", "0", "");
        assertThat(available()).isEqualTo(8_192_000 * KIB);

        container("max", "700000", "");
        assertThat(available()).as("without a limit").isEqualTo(8_192_000 * KIB);
    }

    @Test
    void isTheContainersWhereTheSystemSaysNothing() throws IOException {
        container("1000000", "700000", "");

        assertThat(available()).isEqualTo(300_000);
    }

    @Test
    void isUnknownWhereNothingIsSaid() throws IOException {
        assertThat(available()).isNull();

        write("meminfo", "MemTotal: 16384256 kB\n");
        container("max", "700000", "");
        assertThat(available()).isNull();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void isKnownOnLinux() {
        assertThat(AvailableMemory.bytes().orElseThrow()).isPositive();
    }
}
