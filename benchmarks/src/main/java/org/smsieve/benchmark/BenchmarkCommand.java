package org.smsieve.benchmark;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.smsieve.bundle.Bundle;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Devices;
import org.smsieve.gpt2.Gpt2Program;
import org.smsieve.gpt2.MatrixProduct;
import org.smsieve.gpt2.Pooling;
import org.smsieve.gpt2.Precision;
import org.smsieve.gpt2.PrecisionChoice;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.gpt2.Training;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code benchmark}: messages a second of the classifier alone, by batch size and by length, beside the book's way of
 * running the same weights in the same run (float32, batches of 8, every message padded to 120 tokens) and beside what
 * the machine can multiply; and how fast texts become tokens, and records texts and records again.
 */
@Command(
        name = "benchmark",
        subcommands = {StreamCommand.class, TrainingCommand.class},
        mixinStandardHelpOptions = true,
        description = "Messages a second of the classifier alone, their ratio to the book's way, and the share of what"
                + " the machine can multiply, in one run.")
public final class BenchmarkCommand implements Callable<Integer> {
    private static final int MESSAGES = 1024;
    private static final int BOOK_BATCH = 8;
    private static final int BOOK_LENGTH = 120;
    private static final List<Integer> BATCHES = List.of(1, 8, 64, 256);
    private static final List<Integer> LENGTHS = List.of(8, 24, 64, 120);
    /** How often the classifier and the bare product take turns; odd, for a median. */
    private static final int TURNS = 7;
    /** So many that what a round takes besides counts for nothing. */
    private static final int PRODUCTS = 2;
    /** The messages of a call where its size is not what is measured. */
    private static final int MICRO_BATCH = 64;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchmarkModel model;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu, gpu or gpu:N.")
    private String device;

    @Option(
            names = "--precision",
            paramLabel = "P",
            split = ",",
            defaultValue = "auto",
            description = "auto, fp32, bf16 or int8, or several with commas between; default auto.")
    private List<String> precisions;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "Real messages, one a line, after their label and a tab or alone. Default: texts made of"
                    + " words, of the lengths of real messages.")
    private Path data;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "3", description = "Least time a figure; default 3.")
    private double seconds;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (!(seconds >= 0.1 && seconds <= 600)) {
            throw new UserException("--seconds: " + seconds + " (expected: 0.1 to 600)");
        }
        Device where = Devices.of(device);
        Set<Precision> chosen = new LinkedHashSet<>();
        precisions.forEach(precision -> chosen.add(PrecisionChoice.of(precision, where)));
        Bundle bundle = model.open();
        Messages source = new Messages();
        List<String> texts = data == null ? source.texts(MESSAGES) : Messages.read(data, MESSAGES);
        List<Tokens> messages = tokens(texts);

        Stopwatch stopwatch = new Stopwatch(seconds);
        double book = bookRate(stopwatch, bundle.checkpoint(), messages);
        List<ClassifierFigures> figures = new ArrayList<>();
        for (Precision precision : chosen) {
            figures.add(measure(stopwatch, bundle, precision, texts, source));
        }
        Map<String, Double> parts = new LinkedHashMap<>();
        Tokenizer tokenizer = Tokenizer.gpt2();
        parts.put("tokeniser", stopwatch.rate(texts, MICRO_BATCH, batch -> batch.forEach(tokenizer::encode)));
        JsonRecords records = new JsonRecords(bundle.manifest());
        parts.put(
                "json", stopwatch.rate(JsonRecords.values(texts), MICRO_BATCH, batch -> batch.forEach(records::copy)));

        double meanTokens = messages.stream().mapToInt(Tokens::length).average().orElseThrow();
        String place = where.isGpu() ? "gpu:" + where.getDeviceId() : "cpu";
        print(bundle.manifest().model(), place, productSize(where), meanTokens, book, figures, parts);
        return 0;
    }

    private static List<Tokens> tokens(List<String> texts) {
        return texts.stream().map(Tokenizer.gpt2()::encode).toList();
    }

    private ClassifierFigures measure(
            Stopwatch stopwatch, Bundle bundle, Precision precision, List<String> texts, Messages source)
            throws IOException {
        List<Tokens> messages = tokens(texts);
        double[] gflops = new double[TURNS];
        double[] peaks = new double[TURNS];
        Map<Integer, Double> batches = new LinkedHashMap<>();
        Map<Integer, Double> lengths = new LinkedHashMap<>();
        LoneMessage lone;
        try (Gpt2Classifier classifier = Gpt2Classifier.open(bundle, new ComputeOptions(device, precision.label()))) {
            stopwatch.warmUp(messages, classifier::classify);
            for (int size : BATCHES) {
                batches.put(size, stopwatch.rate(messages, size, classifier::classify));
            }
            for (int length : LENGTHS) {
                List<Tokens> alike = tokens(source.texts(MICRO_BATCH, length));
                lengths.put(length, stopwatch.rate(alike, MICRO_BATCH, classifier::classify));
            }
            // By turns: what the machine does changes by a third from minute to minute.
            for (int turn = 0; turn < TURNS; turn++) {
                List<Tokens> batch = messages.subList(turn * MICRO_BATCH, (turn + 1) * MICRO_BATCH);
                // The product before it has left nothing of the weights in the cache.
                classifier.classify(batch);
                long start = System.nanoTime();
                classifier.classify(batch);
                gflops[turn] = arithmetic(batch, bundle) / (System.nanoTime() - start);
                peaks[turn] = peakGflops(precision);
            }
            lone = LoneMessage.measure(classifier, texts, seconds);
        }
        return new ClassifierFigures(precision.label(), median(peaks), batches, lengths, median(gflops), lone);
    }

    private static double arithmetic(List<Tokens> messages, Bundle bundle) {
        return Arithmetic.of(
                messages, bundle.manifest().maxTokens(), bundle.checkpoint().config());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** A GPU is kept busy by larger matrices alone. */
    private double peakGflops(Precision precision) {
        Device where = Devices.of(device);
        int size = productSize(where);
        return 2.0 * size * size * size / MatrixProduct.nanos(precision, where, size, PRODUCTS, 1);
    }

    private static int productSize(Device where) {
        return where.isGpu() ? 8192 : 2048;
    }

    private double bookRate(Stopwatch stopwatch, Checkpoint checkpoint, List<Tokens> messages) throws IOException {
        Device where = Devices.of(device);
        int blocks = checkpoint.config().layers();
        int length = Math.min(BOOK_LENGTH, checkpoint.config().context());
        Training headAlone = new Training(blocks, List.of(), null, 0);
        try (Gpt2Program lower = Gpt2Program.frozenBlocks(checkpoint, where, Precision.FP32, blocks);
                Gpt2Program head = Gpt2Program.forTraining(checkpoint, where, headAlone, Map.of())) {
            Consumer<List<Tokens>> way = batch -> {
                TokenBatch padded = TokenBatch.of(batch, Pooling.LAST_POSITION, length, lower.config());
                try (NDManager manager = lower.newManager()) {
                    head.classify(padded.inputs(lower.hidden(padded.inputs(manager)), manager))
                            .toFloatArray();
                }
            };
            stopwatch.warmUp(messages, way);
            return stopwatch.rate(messages, BOOK_BATCH, way);
        }
    }

    private void print(
            String name,
            String place,
            int productSize,
            double meanTokens,
            double book,
            List<ClassifierFigures> figures,
            Map<String, Double> parts)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        int processors = Runtime.getRuntime().availableProcessors();
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("model", name);
            all.put("device", place);
            all.put("processors", processors);
            all.put("meanTokens", meanTokens);
            all.put("bookMessagesPerSecond", book);
            all.put("classifier", figures.stream().map(BenchmarkCommand::json).toList());
            all.put("partsMessagesPerSecond", parts);
            out.println(new JsonMapper().writeValueAsString(all));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%s on %s, %d processors; messages of %.1f tokens on average%n",
                    name,
                    place,
                    processors,
                    meanTokens);
            out.printf("%-45s%14s%9s%n", "", "messages/s", "ratio");
            row(out, "the book's way: fp32, batch 8, 120 tokens", book, book);
            for (ClassifierFigures precision : figures) {
                String label = precision.precision();
                precision.batches().forEach((size, rate) -> row(out, label + ", batch " + size, rate, book));
                precision
                        .lengths()
                        .forEach((length, rate) -> row(
                                out, label + ", batch " + MICRO_BATCH + ", " + length + " tokens each", rate, book));
            }
            row(out, "tokeniser alone, one thread", parts.get("tokeniser"));
            row(out, "JSON in and out alone, one thread", parts.get("json"));
            for (ClassifierFigures precision : figures) {
                out.printf(
                        Locale.ROOT,
                        "%s: %,.0f GFLOP/s at batch %d, %.0f %% of the %,.0f of a bare product of %d x %d%s%n",
                        precision.precision(),
                        precision.gflops(),
                        MICRO_BATCH,
                        100 * precision.shareOfPeak(),
                        precision.peakGflops(),
                        productSize,
                        productSize,
                        precision.precision().equals(Precision.INT8.label()) ? " in fp32" : "");
                out.printf(
                        Locale.ROOT,
                        "%s: a lone message takes the engine %.2f ms, %.2f times the %.2f of its bare forward pass%n",
                        precision.precision(),
                        precision.lone().engineMillis(),
                        precision.lone().ratio(),
                        precision.lone().forwardMillis());
            }
        }
        out.flush();
    }

    private static Map<String, Object> json(ClassifierFigures figures) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("precision", figures.precision());
        json.put("messagesPerSecondByBatch", figures.batches());
        json.put("messagesPerSecondByTokens", figures.lengths());
        json.put("gflops", figures.gflops());
        json.put("peakGflops", figures.peakGflops());
        json.put("shareOfPeak", figures.shareOfPeak());
        json.put("loneMessageMillis", figures.lone().engineMillis());
        json.put("bareForwardPassMillis", figures.lone().forwardMillis());
        return json;
    }

    private static void row(PrintWriter out, String what, double rate) {
        out.printf(Locale.ROOT, "%-45s%,14.0f%n", what, rate);
    }

    private static void row(PrintWriter out, String what, double rate, double book) {
        out.printf(Locale.ROOT, "%-45s%,14.0f %8.1f%n", what, rate, rate / book);
    }
}
