package org.smsieve.benchmark;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.Manifest;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Devices;
import org.smsieve.gpt2.Gpt2Program;
import org.smsieve.gpt2.Pooling;
import org.smsieve.gpt2.Precision;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.gpt2.Training;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code benchmark}: messages a second of the classifier alone, by batch size, beside the book's way of running the
 * same weights in the same run: float32, batches of 8, every message padded to 120 tokens.
 */
@Command(
        name = "benchmark",
        subcommands = TrainingCommand.class,
        mixinStandardHelpOptions = true,
        description = "Messages a second of the classifier alone, and its ratio to the book's way, in one run.")
public final class BenchmarkCommand implements Callable<Integer> {
    private static final List<String> LABELS = List.of("ham", "spam");
    private static final int MESSAGES = 1024;
    private static final int BOOK_BATCH = 8;
    private static final int BOOK_LENGTH = 120;
    private static final int[] BATCHES = {1, 8, 64, 256};

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "DIR|NAME",
            defaultValue = "mini",
            description = "A bundle, or random weights: mini (the default, the built-in model's shape), random:gpt2.")
    private String model;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu, gpu or gpu:N.")
    private String device;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "auto", description = "auto, fp32 or bf16.")
    private String precision;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "3", description = "Least time a figure; default 3.")
    private int seconds;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (seconds < 1 || seconds > 600) {
            throw new UserException("seconds: " + seconds + " (expected: 1 to 600)");
        }
        Bundle bundle = bundle();
        List<Tokens> messages = messages();
        Map<String, Double> rates = new LinkedHashMap<>();
        rates.put("book", bookRate(bundle.checkpoint(), messages));
        String chosen;
        try (Gpt2Classifier classifier = Gpt2Classifier.open(bundle, new ComputeOptions(device, precision))) {
            chosen = classifier.precision().label();
            for (int size : BATCHES) {
                rates.put("batch " + size, rate(messages, size, classifier::classify));
            }
        }
        print(bundle.manifest().model(), chosen, rates);
        return 0;
    }

    private Bundle bundle() throws IOException {
        try {
            return switch (model) {
                case "mini" -> random(Gpt2Config.mini());
                case "random:gpt2" -> random(Gpt2Config.gpt2());
                default -> Bundle.open(Path.of(model));
            };
        } catch (CheckpointException e) {
            throw new UserException("model: " + e.getMessage(), e);
        }
    }

    private Bundle random(Gpt2Config config) {
        Checkpoint checkpoint = RandomWeights.checkpoint(config.withLabels(LABELS), 1);
        Manifest manifest =
                Manifest.of(model.replace(':', '-'), "random", LABELS, Pooling.LAST_TOKEN, config.context());
        return new Bundle(manifest, checkpoint);
    }

    /** Random tokens; lengths from the quantiles of the SMS Spam Collection: median 17, 90 % 46, 99 % 75. */
    private static List<Tokens> messages() {
        Random random = new Random(1);
        List<Tokens> messages = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            int length = (int) Math.round(Math.min(BOOK_LENGTH, 17 * Math.exp(0.75 * random.nextGaussian())));
            messages.add(Tokens.of(
                    random.ints(Math.max(1, length), 0, Tokenizer.END_OF_TEXT).toArray()));
        }
        return messages;
    }

    private double bookRate(Checkpoint checkpoint, List<Tokens> messages) throws IOException {
        Device where = Devices.of(device);
        int blocks = checkpoint.config().layers();
        Training headAlone = new Training(blocks, List.of(), null, 0);
        try (Gpt2Program lower = Gpt2Program.frozenBlocks(checkpoint, where, Precision.FP32, blocks);
                Gpt2Program head = Gpt2Program.forTraining(checkpoint, where, headAlone, Map.of())) {
            return rate(messages, BOOK_BATCH, batch -> {
                TokenBatch padded = TokenBatch.of(batch, Pooling.LAST_POSITION, BOOK_LENGTH, lower.config());
                try (NDManager manager = lower.newManager()) {
                    head.classify(padded.inputs(lower.hidden(padded.inputs(manager)), manager))
                            .toFloatArray();
                }
            });
        }
    }

    private interface Work {
        void on(List<Tokens> batch);
    }

    /** Messages a second: the messages over and over in batches, after one batch to warm up. */
    private double rate(List<Tokens> messages, int size, Work work) {
        work.on(messages.subList(0, size));
        long least = Duration.ofSeconds(seconds).toNanos();
        long start = System.nanoTime();
        long done = 0;
        for (int begin = 0; System.nanoTime() - start < least; begin = (begin + size) % messages.size()) {
            work.on(messages.subList(begin, begin + size));
            done += size;
        }
        return done * 1e9 / (System.nanoTime() - start);
    }

    private void print(String name, String chosen, Map<String, Double> rates) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("model", name);
            figures.put("precision", chosen);
            figures.put("processors", Runtime.getRuntime().availableProcessors());
            figures.put("messagesPerSecond", rates);
            out.println(new JsonMapper().writeValueAsString(figures));
        } else {
            double book = rates.get("book");
            out.printf(
                    Locale.ROOT,
                    "%s, %s, %d processors%n",
                    name,
                    chosen,
                    Runtime.getRuntime().availableProcessors());
            out.printf("%-40s%14s%8s%n", "", "messages/s", "ratio");
            out.printf(Locale.ROOT, "%-40s%,14.0f%8.1f%n", "the book's way: fp32, batch 8, 120 tokens", book, 1.0);
            IntStream.of(BATCHES)
                    .forEach(size -> out.printf(
                            Locale.ROOT,
                            "%-40s%,14.0f%8.1f%n",
                            "batch " + size,
                            rates.get("batch " + size),
                            rates.get("batch " + size) / book));
        }
        out.flush();
    }
}
