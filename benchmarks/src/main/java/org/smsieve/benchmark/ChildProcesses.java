package org.smsieve.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.smsieve.app.metrics.PlatformMetrics;
import org.smsieve.command.UserException;

/**
 * Processes that this one starts, and ends with itself. Their output goes to files in a directory, of which the last
 * lines are told where one fails. Safe for use by several threads.
 */
final class ChildProcesses {
    private static final int TOLD_LINES = 15;
    private static final int STOP_SECONDS = 30;

    private final Path directory;
    private final Deque<Child> running = new ArrayDeque<>();
    private boolean ended;

    /** A process that was started, under the name that errors give it. */
    record Child(String name, Process process, Path log) {}

    /**
     * No process yet.
     *
     * @param directory for the output and the temporary files of each
     */
    ChildProcesses(Path directory) {
        this.directory = directory;
    }

    /** What starts a JVM with this one's class path, to which the main class and its arguments are to be added. */
    static List<String> java(List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return command;
    }

    /** Starts a process with more variables in its environment. */
    Child start(String name, List<String> command, Map<String, String> environment) throws IOException {
        return start(name, command, environment, false);
    }

    /** Starts a process whose standard output is read by {@link #firstLine}. */
    Child startTelling(String name, List<String> command) throws IOException {
        return start(name, command, Map.of(), true);
    }

    private synchronized Child start(String name, List<String> command, Map<String, String> environment, boolean tells)
            throws IOException {
        if (ended) {
            throw new UserException("interrupted");
        }
        Path log = Files.createTempFile(directory, name, ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        if (!tells) {
            builder.redirectErrorStream(true).redirectOutput(log.toFile());
        }
        builder.environment().putAll(environment);
        Child child = new Child(name, builder.start(), log);
        running.push(child);
        return child;
    }

    /**
     * Waits for the first line that a process prints.
     *
     * @throws UserException if it ends without one
     */
    static String firstLine(Child child) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(child.process().getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
            throw failure(child);
        }
        return line;
    }

    /**
     * Sees to it that all still run.
     *
     * @throws UserException if one does not
     */
    synchronized void check() {
        Optional<Child> dead =
                running.stream().filter(child -> !child.process().isAlive()).findFirst();
        if (dead.isPresent()) {
            throw failure(dead.get());
        }
    }

    /** What a process that should not have ended has left. */
    private static UserException failure(Child child) {
        int code = child.process().onExit().join().exitValue();
        String told;
        try {
            List<String> lines = Files.readAllLines(child.log());
            told = String.join(
                    System.lineSeparator() + "  ", lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()));
        } catch (IOException e) {
            told = e.toString();
        }
        return new UserException(child.name() + ": exit code " + code
                + " (expected: to run until it is stopped); its last lines:" + System.lineSeparator() + "  " + told);
    }

    /**
     * The memory that a process and those that it started have resident, in bytes; 0 where the system does not tell.
     */
    static long residentBytes(Child child) {
        return (long) withDescendants(child).stream()
                .mapToDouble(process -> PlatformMetrics.residentBytes(process.pid()))
                // One that has ended meanwhile.
                .filter(bytes -> !Double.isNaN(bytes))
                .sum();
    }

    private static List<ProcessHandle> withDescendants(Child child) {
        return Stream.concat(
                        child.process().descendants(), Stream.of(child.process().toHandle()))
                .toList();
    }

    /** Ends a process and those that it started, and waits for that. */
    synchronized void stop(Child child) {
        running.remove(child);
        List<ProcessHandle> all = withDescendants(child);
        all.forEach(ProcessHandle::destroy);
        for (ProcessHandle process : all) {
            process.onExit()
                    .completeOnTimeout(process, STOP_SECONDS, TimeUnit.SECONDS)
                    .join();
            if (process.isAlive()) {
                process.destroyForcibly();
                process.onExit().join();
            }
        }
    }

    /** Ends all, the last one first; no other is started any more. */
    synchronized void stopAll() {
        ended = true;
        while (!running.isEmpty()) {
            stop(running.peek());
        }
    }

    /** Deletes the directory of a measurement that was interrupted, and says what is left of it. */
    static String undone(Path directory) {
        try {
            delete(directory);
            return "nothing was measured";
        } catch (IOException e) {
            return "nothing was measured, and " + directory + " is left (" + e + ")";
        }
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
