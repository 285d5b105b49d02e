package org.smsieve.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.smsieve.command.Interruption;
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

    private static final JsonMapper JSON = new JsonMapper();

    /** How long a {@code train} took, and its command as its own report says it. */
    private record Run(double seconds, String command) {}

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
        Interruption interruption = new Interruption(() -> undo(directory));
        try {
            Run smsieve = run(directory.resolve("smsieve"), List.of());
            Run book = run(directory.resolve("book"), BOOKS_WAY);
            print(smsieve, book);
        } finally {
            interruption.finish(() -> ChildProcesses.delete(directory));
        }
        return 0;
    }

    private static String undo(Path directory) {
        ProcessHandle.current().children().forEach(train -> {
            train.destroy();
            train.onExit().join();
        });
        return ChildProcesses.undone(directory);
    }

    /** Runs {@code train} in a process of its own. */
    private Run run(Path output, List<String> flags) throws IOException, InterruptedException {
        List<String> command =
                ChildProcesses.java(List.of("-XX:MaxRAMPercentage=50", "-Dai.djl.pytorch.graph_optimizer=false"));
        command.addAll(List.of(
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
        int code = process.waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (code != 0) {
            throw new UserException("train: exit code " + code + " (expected: 0; see above)");
        }
        return new Run(
                seconds,
                JSON.readTree(output.resolve("report.json").toFile())
                        .path("command")
                        .asText());
    }

    private void print(Run smsieve, Run book) throws IOException {
        double ratio = book.seconds() / smsieve.seconds();
        PrintWriter out = spec.commandLine().getOut();
        int processors = Runtime.getRuntime().availableProcessors();
        if (json) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("base", base);
            figures.put("epochs", epochs);
            figures.put("processors", processors);
            figures.put("bookCommand", book.command());
            figures.put("bookSeconds", book.seconds());
            figures.put("command", smsieve.command());
            figures.put("seconds", smsieve.seconds());
            figures.put("ratio", ratio);
            out.println(JSON.writeValueAsString(figures));
        } else {
            out.printf(Locale.ROOT, "train --base %s --as-book, %d epochs, %d processors%n", base, epochs, processors);
            out.printf("%-60s%10s%8s%n", "", "seconds", "ratio");
            String flags = String.join(" ", BOOKS_WAY);
            out.printf(Locale.ROOT, "%-60s%10.1f%8.1f%n", "the book's way: " + flags, book.seconds(), 1.0);
            out.printf(Locale.ROOT, "%-60s%10.1f%8.1f%n", "the defaults", smsieve.seconds(), ratio);
        }
        out.flush();
    }
}
