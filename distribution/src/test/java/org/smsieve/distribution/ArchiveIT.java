package org.smsieve.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.config.SettingsReader;

/**
 * The archive, unpacked where nobody may write, run with an empty environment by a user who is not root: {@code PATH}
 * has a JVM and the three tools that the launcher uses.
 */
class ArchiveIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Those of a Java runtime that the app may need, without the tools of a JDK. */
    private static final String JRE_MODULES = "java.se,jdk.unsupported,jdk.httpserver,jdk.management,jdk.zipfs,"
            + "jdk.crypto.ec,jdk.localedata,jdk.charsets,jdk.security.auth,jdk.security.jgss,jdk.naming.dns,jdk.net";

    @TempDir
    private static Path directory;

    private static Path home;
    private static Path tools;
    private static Path writable;
    private static Set<String> unpacked;

    /** How a command ended. */
    private record Result(int code, String out, String err) {}

    @BeforeAll
    static void unpack() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path archive = only("target", "smsieve-*.tar.gz");
        Path install = Files.createDirectory(directory.resolve("install"));
        execute(new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", install.toString()));
        home = only(install.toString(), "smsieve-*");
        execute(new ProcessBuilder("chmod", "-R", "a-w", install.toString()));
        unpacked = contents();
        tools = Files.createDirectory(directory.resolve("tools"));
        Files.createSymbolicLink(
                tools.resolve("java"),
                Path.of(System.getProperty("java.home"), "bin", "java").toRealPath());
        for (String tool : List.of("cat", "dirname", "readlink")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        writable = Files.createDirectory(directory.resolve("writable"));
        Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @Test
    void helpsWithCommandsOfAllModules() throws Exception {
        assertThat(run("--help").out()).startsWith("Usage: smsieve COMMAND");
        for (String command : List.of("stream", "train", "models", "benchmark")) {
            Result help = run(command, "--help");
            assertThat(help.code()).as(help.err()).isZero();
            assertThat(help.out()).startsWith("Usage: smsieve " + command);
        }
        assertThat(run("frobnicate").code()).isEqualTo(2);
    }

    /** The page's commands as they stand there, but those that it says need more than a Java runtime. */
    @Test
    void runsTheCommandsOfGettingStarted() throws Exception {
        String page = Files.readString(home.resolve("docs/getting-started.md"));
        Matcher blocks = Pattern.compile("(?m)^(?<before>.*)\\n```sh\\n(?<lines>(.*\\n)*?)```$")
                .matcher(page);
        List<String> commands = new ArrayList<>();
        while (blocks.find()) {
            if (!blocks.group("before").startsWith("Needs ")) {
                commands.addAll(blocks.group("lines").lines().toList());
            }
        }
        assertThat(commands).hasSize(3);

        StringBuilder out = new StringBuilder();
        for (String command : commands) {
            Result result = shell(command);
            assertThat(result.code()).as(result.err()).isZero();
            out.append(result.out());
        }

        assertThat(out)
                .contains("Usage: smsieve COMMAND")
                .containsPattern("(?m)^spam\t[01]\\.\\d{6}\tFree entry! ")
                .containsPattern("(?m)^total +240$");
        assertThat(contents()).isEqualTo(unpacked);
    }

    @Test
    void keepsEveryScriptWithoutALocale() throws Exception {
        Result classified = run("classify", "早上好 🎉");

        assertThat(classified.code()).as(classified.err()).isZero();
        assertThat(classified.out()).endsWith("\t早上好 🎉\n");
    }

    @Test
    void holdsNoTestsAndNothingTwice() throws IOException {
        List<String> jars = jars();
        assertThat(jars).noneMatch(jar -> jar.matches(".*(-tests|junit|assertj|test-utils).*"));
        assertThat(jars.stream().map(jar -> jar.replaceFirst("-\\d.*", ""))).doesNotHaveDuplicates();
        assertThat(unpacked).anyMatch(path -> path.startsWith("bin/smsieve r-xr-xr-x"));
    }

    @Test
    void listsEveryLibraryWithItsLicenceInTheBillOfMaterials() throws IOException {
        JsonNode bill =
                new JsonMapper().readTree(only("target", "smsieve-*.cdx.json").toFile());
        assertThat(bill.get("bomFormat").textValue()).isEqualTo("CycloneDX");
        Set<String> listed = new TreeSet<>();
        for (JsonNode component : bill.get("components")) {
            String name = component.get("name").textValue() + "-"
                    + component.get("version").textValue();
            listed.add(name);
            assertThat(component.path("hashes").size()).as(name).isPositive();
        }
        for (String jar : jars()) {
            String name = jar.replaceFirst("(-(linux|osx|win)-\\w+)?\\.jar$", "");
            assertThat(listed).contains(name);
        }
    }

    /** Also with what is only an example there. */
    @Test
    void hasAConfigurationThatTheAppReads() throws IOException {
        Path example = home.resolve("config/smsieve.properties");
        String all = Files.readString(example).replaceAll("(?m)^#(\\S+=)", "$1");
        Path everything = Files.writeString(directory.resolve("all.properties"), all);

        assertThat(new SettingsReader().file(example).read().applicationId()).isEqualTo("smsieve");
        assertThat(new SettingsReader().file(everything).read().kafka().values())
                .containsEntry("security.protocol", "SASL_SSL");
    }

    private static Result run(String... arguments) throws IOException, InterruptedException {
        List<String> command = clean();
        command.add(home.resolve("bin/smsieve").toString());
        command.addAll(List.of(arguments));
        return execute(new ProcessBuilder(command).directory(home.toFile()));
    }

    private static Result shell(String line) throws IOException, InterruptedException {
        List<String> command = clean();
        command.addAll(List.of("/bin/sh", "-c", line));
        return execute(new ProcessBuilder(command).directory(home.toFile()));
    }

    /** Begins a command that nobody's rights and settings help. */
    private static List<String> clean() {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            // Whom no permission keeps from writing.
            command.addAll(List.of("setpriv", "--reuid", "10001", "--regid", "10001", "--clear-groups"));
        }
        command.addAll(List.of(
                "env",
                "-i",
                "PATH=" + tools,
                "SMSIEVE_CACHE=" + writable.resolve("cache"),
                "SMSIEVE_JAVA_OPTS=--limit-modules " + JRE_MODULES + " -Djava.io.tmpdir=" + writable));
        return command;
    }

    private static Result execute(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Each path with its permissions and its time. */
    private static Set<String> contents() throws IOException {
        Set<String> contents = new TreeSet<>();
        try (Stream<Path> paths = Files.walk(home)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                contents.add(home.relativize(path) + " "
                        + PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) + " "
                        + Files.getLastModifiedTime(path));
            }
        }
        return contents;
    }

    private static Path only(String parent, String glob) throws IOException {
        try (var found = Files.newDirectoryStream(Path.of(parent), glob)) {
            List<Path> paths = new ArrayList<>();
            found.forEach(paths::add);
            assertThat(paths).hasSize(1);
            return paths.get(0).toAbsolutePath();
        }
    }
}
