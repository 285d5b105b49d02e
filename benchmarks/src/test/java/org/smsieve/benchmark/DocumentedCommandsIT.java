package org.smsieve.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.Bundle;

/**
 * All commands of the README and of {@code docs/}, typed one after the other as a user would who reads on while the
 * README's demo runs in another terminal. Left out are blocks with a line "Needs …:" before them, {@code mvn verify},
 * which runs this, and {@code bin/smsieve}, which {@code ArchiveIT} runs.
 */
class DocumentedCommandsIT {
    private static final Pattern BLOCK = Pattern.compile("(?m)^(?<before>.*)\\n```sh\\n(?<commands>(?:.*\\n)*?)```$");

    @TempDir
    private Path directory;

    private final List<Process> running = new ArrayList<>();
    private Map<String, String> environment;

    /** Ports of its own and another home, so that no demo or registry of this machine's user is in the way. */
    @BeforeEach
    void prepare() throws IOException {
        int broker = Launcher.freePort();
        environment = Map.of(
                "SMSIEVE_KAFKA_BOOTSTRAP_SERVERS",
                "localhost:" + broker,
                "SMSIEVE_REGISTRY_LOCATION",
                directory.resolve("registry").toString(),
                "SMSIEVE_HTTP_PORT",
                "0");
        Files.createSymbolicLink(directory.resolve("smsieve"), Launcher.ROOT.resolve("smsieve"));
        String rows = IntStream.range(0, 60)
                .mapToObj(i -> i % 2 == 0 ? "ham\tshall we meet at " + i + "\n" : "spam\tcall now to win " + i + "\n")
                .reduce("", String::concat);
        Files.writeString(directory.resolve("messages.tsv"), rows);
        Files.writeString(directory.resolve("FILE"), rows);
        Files.writeString(directory.resolve("app.properties"), "application.id=second\n");
        start("./smsieve demo --http-port 0 --kafka-port " + broker);
    }

    @AfterEach
    void stop() throws InterruptedException {
        // The demo last: it is the broker of the others.
        for (int i = running.size() - 1; i >= 0; i--) {
            Process process = running.get(i);
            process.destroy();
            if (!process.waitFor(Launcher.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void doWhatTheySay() throws Exception {
        Process demo = running.get(0);
        Path verdicts = directory.resolve("out-0.txt");
        Launcher.awaitLine(demo, verdicts, "(ham|spam) +0\\.\\d{6}  1\\.0\\.0  .*");
        Launcher.awaitLine(demo, verdicts, "total +240");
        List<String> readme = commands(Launcher.ROOT.resolve("README.md"));
        assertThat(readme).containsSequence("./smsieve demo").endsWith("mvn verify");
        for (String command : readme.subList(1, readme.size() - 1)) {
            assertThat(run(command)).contains(" is announced on sms-models");
        }
        String version = Bundle.open(directory.resolve("my-model")).manifest().version();
        Launcher.awaitLine(demo, verdicts, "(ham|spam) +0\\.\\d{6}  \\Q" + version + "\\E  .*");

        int run = 0;
        for (Path page : pages()) {
            for (String command : commands(page)) {
                if (command.startsWith("./smsieve stream")) {
                    Path log = file("err");
                    Launcher.awaitLine(start(command), log, ".* REBALANCING -> RUNNING");
                } else {
                    run(command);
                }
                run++;
            }
        }

        assertThat(run).isGreaterThanOrEqualTo(13);
        stop();
        assertThat(running).hasSize(2).extracting(Process::exitValue).containsOnly(0);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(Launcher.ROOT.resolve("docs"))) {
            return pages.filter(page -> page.toString().endsWith(".md") && !page.endsWith("getting-started.md"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> commands(Path page) throws IOException {
        String text = Files.readString(page);
        assertThat(text)
                .as("%s: commands in a block that is not marked as sh", page)
                .doesNotContainPattern("(?m)^```\\n\\S*smsieve ");
        List<String> commands = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (!blocks.group("before").matches("Needs .*:")) {
                blocks.group("commands")
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .forEach(commands::add);
            }
        }
        return commands;
    }

    /** Runs a command to its end; gives what it printed. */
    private String run(String command) throws IOException, InterruptedException {
        Process process = start(command);
        boolean ended = process.waitFor(Launcher.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended).as(command).isTrue();
        running.remove(process);
        assertThat(process.exitValue())
                .as("%s: %s", command, Files.readString(file("err")))
                .isZero();
        return Files.readString(file("out"));
    }

    /** What the process started next writes to, or the one last removed has written. */
    private Path file(String stream) {
        return directory.resolve(stream + "-" + running.size() + ".txt");
    }

    private Process start(String command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec " + command).directory(directory.toFile());
        builder.environment().putAll(environment);
        Process process = builder.redirectOutput(file("out").toFile())
                .redirectError(file("err").toFile())
                .start();
        running.add(process);
        return process;
    }
}
