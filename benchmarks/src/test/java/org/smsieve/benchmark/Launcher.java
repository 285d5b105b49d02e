package org.smsieve.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The launcher {@code smsieve} of this checkout, as a user runs it. */
final class Launcher {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    static final Duration LIMIT = Duration.ofMinutes(2);

    private Launcher() {}

    /** How a command ended. */
    record Result(int code, String out, String err) {}

    static ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("smsieve").toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** Runs a command to its end, with no input; its output goes through files in {@code directory}. */
    static Result run(Path directory, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = command(arguments)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Waits until a line of the file that a process writes to is as wanted. */
    static void awaitLine(Process process, Path out, String regex) throws IOException, InterruptedException {
        Instant limit = Instant.now().plus(LIMIT);
        while (Files.readString(out).lines().noneMatch(line -> line.matches(regex))) {
            String seen = Files.readString(out);
            assertThat(process.isAlive()).as("%s in %s", regex, seen).isTrue();
            assertThat(Instant.now()).as("%s in %s", regex, seen).isBefore(limit);
            Thread.sleep(100);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
