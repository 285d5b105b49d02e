package org.smsieve.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.smsieve.command.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code benchmark training}: how long {@code train --as-book} takes, from the start of its process to the bundle, and
 * how long the same takes in the book's way: float32, all messages padded to the longest, every block computed in every
 * epoch.
 */
@Command(
        name = "training",
        mixinStandardHelpOptions = true,
        description = "Seconds that train --as-book takes, and its ratio to the book's way, in one run. The book's way"
                + " takes minutes.")
public final class TrainingCommand implements Callable<Integer> {
    private static final List<String> BOOKS_WAY =
            List.of("--pooling", "last-position", "--no-cache", "--precision", "fp32");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE|uci",
            description = "What to train on: the SMS Spam Collection.")
    private String data;

    @Option(
            names = "--base",
            paramLabel = "NAME|DIR",
            defaultValue = "random:gpt2",
            description = "What to begin with; default random:gpt2.")
    private String base;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "5", description = "Default 5, as in the book.")
    private int epochs;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("smsieve-benchmark-");
        try {
            double smsieve = seconds(directory.resolve("smsieve"), List.of());
            double book = seconds(directory.resolve("book"), BOOKS_WAY);
            print(smsieve, book);
        } finally {
            delete(directory);
        }
        return 0;
    }

    /** Runs {@code train} in a process of its own. */
    private double seconds(Path output, List<String> flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:MaxRAMPercentage=50",
                "-XX:+UseSerialGC",
                "-Dai.djl.pytorch.graph_optimizer=false",
                "-cp",
                System.getProperty("java.class.path"),
                "org.smsieve.trainer.Main",
                "train",
                "--base",
                base,
                "--data",
                data,
                "--as-book",
                "--epochs",
                Integer.toString(epochs),
                "--output",
                output.toString()));
        command.addAll(flags);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread stop = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(stop);
        int code = process.waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        Runtime.getRuntime().removeShutdownHook(stop);
        if (code != 0) {
            throw new UserException("train: exit code " + code + " (expected: 0; see above)");
        }
        return seconds;
    }

    private void print(double smsieve, double book) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        int processors = Runtime.getRuntime().availableProcessors();
        if (json) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("base", base);
            figures.put("epochs", epochs);
            figures.put("processors", processors);
            figures.put("bookSeconds", book);
            figures.put("seconds", smsieve);
            figures.put("ratio", book / smsieve);
            out.println(new JsonMapper().writeValueAsString(figures));
        } else {
            out.printf(Locale.ROOT, "train --base %s --as-book, %d epochs, %d processors%n", base, epochs, processors);
            out.printf("%-60s%10s%8s%n", "", "seconds", "ratio");
            out.printf(Locale.ROOT, "%-60s%10.1f%8.1f%n", "the book's way: " + String.join(" ", BOOKS_WAY), book, 1.0);
            out.printf(Locale.ROOT, "%-60s%10.1f%8.1f%n", "the defaults", smsieve, book / smsieve);
        }
        out.flush();
    }

    private static void delete(Path directory) throws IOException {
        List<Path> found;
        try (Stream<Path> paths = Files.walk(directory)) {
            found = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : found) {
            Files.delete(path);
        }
    }
}
