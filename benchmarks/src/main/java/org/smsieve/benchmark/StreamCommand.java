package org.smsieve.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.smsieve.app.config.ProcessingGuarantee;
import org.smsieve.bundle.Bundle;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.command.Interruption;
import org.smsieve.command.UserException;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code benchmark stream}: records a second from topic to topic and how long a message takes, through a broker in a
 * process of its own, of {@code smsieve stream} or of any other program that does the same.
 */
@Command(
        name = "stream",
        mixinStandardHelpOptions = true,
        description = "Records a second from topic to topic through a broker of its own, their ratio to the classifier"
                + " alone, and latencies at 10 %%, 50 %% and 80 %% of that.",
        footer = {
            "",
            "Another program reads the topic BENCHMARK_INPUT_TOPIC as the group BENCHMARK_GROUP, from its beginning,"
                    + " and writes each record, with its key, to the topic BENCHMARK_OUTPUT_TOPIC_PREFIX and the label"
                    + " of the model BENCHMARK_MODEL, a directory that Hugging Face transformers opens, on the brokers"
                    + " BENCHMARK_BOOTSTRAP_SERVERS, until SIGTERM. BENCHMARK_VOCABULARY is GPT-2's vocabulary in"
                    + " tiktoken's format, BENCHMARK_GUARANTEE what --guarantee says."
        })
final class StreamCommand implements Callable<Integer> {
    /** The app's micro-batches grow to the larger one where the model is fast. */
    private static final List<Integer> MICRO_BATCHES = List.of(64, 256);

    private static final int ALONE_MESSAGES = 1024;
    private static final String VOCABULARY = "/com/knuddels/jtokkit/r50k_base.tiktoken";

    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchmarkModel model;

    @Option(names = "--app", paramLabel = "COMMAND", description = "Another program, for sh -c; see below.")
    private String app;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu, gpu or gpu:N.")
    private String device;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "auto", description = "auto, fp32, bf16 or int8.")
    private String precision;

    @Option(
            names = "--guarantee",
            paramLabel = "G",
            defaultValue = "exactly_once_v2",
            description = "exactly_once_v2 (the default) or at_least_once.")
    private ProcessingGuarantee guarantee;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Another setting of smsieve stream. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "Real messages, one a line, after their label and a tab or alone, over and over. Default:"
                    + " texts made of words, of the lengths of real messages, each another.")
    private Path data;

    @Option(names = "--partitions", paramLabel = "N", defaultValue = "4", description = "Of each topic; default 4.")
    private int partitions;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "10",
            description = "Seconds that do not count after a start; default 10.")
    private double warmUp;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "Least seconds that count, at each load; default 20.")
    private double seconds;

    @Option(
            names = "--loads",
            paramLabel = "SHARE",
            split = ",",
            defaultValue = "0.1,0.5,0.8",
            description = "Shares of the saturated rate at which latency is measured; default 0.1,0.5,0.8.")
    private List<Double> loads;

    @Option(names = "--no-latencies", description = "Measure records a second alone.")
    private boolean noLatencies;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkSeconds("--warm-up", warmUp, 0);
        checkSeconds("--seconds", seconds, 1);
        if (partitions < 1 || partitions > 1000) {
            throw new UserException("--partitions: " + partitions + " (expected: 1 to 1000)");
        }
        if (loads.stream().anyMatch(load -> !(load > 0 && load <= 1))
                || !loads.equals(loads.stream().sorted().distinct().toList())) {
            throw new UserException("--loads: " + loads + " (expected: above 0 and at most 1, rising)");
        }
        if (app != null && !settings.isEmpty()) {
            throw new UserException("--set: (expected: none with --app, they are settings of smsieve stream)");
        }
        Bundle bundle = model.open();
        Messages source = new Messages();
        if (data != null) {
            Messages.read(data, 1);
        }
        Path directory = Files.createTempDirectory("smsieve-benchmark-");
        ChildProcesses children = new ChildProcesses(directory);
        Interruption interruption = new Interruption(() -> undo(children, directory));
        try {
            measure(bundle, source, children, directory);
        } finally {
            interruption.finish(() -> {
                children.stopAll();
                ChildProcesses.delete(directory);
            });
        }
        return 0;
    }

    private static void checkSeconds(String option, double value, double least) {
        if (!(value >= least && value <= 3600)) {
            throw new UserException(option + ": " + value + " (expected: " + (int) least + " to 3600)");
        }
    }

    private static String undo(ChildProcesses children, Path directory) {
        children.stopAll();
        return ChildProcesses.undone(directory);
    }

    private void measure(Bundle bundle, Messages source, ChildProcesses children, Path directory)
            throws IOException, InterruptedException {
        String chosen;
        double alone;
        tell("Measuring the classifier alone");
        try (Gpt2Classifier classifier = Gpt2Classifier.open(bundle, new ComputeOptions(device, precision))) {
            chosen = classifier.precision().label();
            List<Tokens> messages = texts(source, ALONE_MESSAGES).stream()
                    .map(Tokenizer.gpt2()::encode)
                    .toList();
            Stopwatch stopwatch = new Stopwatch(Math.min(seconds, 10) / MICRO_BATCHES.size());
            stopwatch.warmUp(messages, classifier::classify);
            alone = MICRO_BATCHES.stream()
                    .mapToDouble(size -> stopwatch.rate(messages, size, classifier::classify))
                    .max()
                    .orElseThrow();
        }
        tell("Starting a broker");
        Path vocabulary = directory.resolve("r50k_base.tiktoken");
        try (InputStream in = Tokenizer.class.getResourceAsStream(VOCABULARY)) {
            Files.copy(in, vocabulary);
        }
        AppUnderTest tested = new AppUnderTest(
                app,
                model.directory(bundle, directory.resolve("model")),
                device,
                chosen,
                guarantee,
                settings,
                vocabulary);
        // Its data are deleted with the directory, however it ends.
        List<String> command = ChildProcesses.java(List.of("-Xmx1g", "-Djava.io.tmpdir=" + directory));
        command.add(BrokerMain.class.getName());
        String bootstrapServers = ChildProcesses.firstLine(children.startTelling("broker", command));
        StreamMeasurement measurement = new StreamMeasurement(
                children,
                bootstrapServers,
                tested,
                bundle.manifest().labels(),
                partitions,
                duration(warmUp),
                duration(seconds),
                count -> texts(source, count),
                this::tell);
        StreamMeasurement.Saturated saturated = measurement.saturate(alone);
        List<Latency> latencies =
                noLatencies ? List.of() : measurement.latencies(saturated.rate().perSecond(), loads);
        print(bundle.manifest().model(), chosen, alone, saturated, latencies);
    }

    private void tell(String step) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(step + " …");
        err.flush();
    }

    private List<String> texts(Messages source, int count) {
        return data == null ? source.texts(count) : Messages.read(data, count);
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis((long) (1000 * seconds));
    }

    private void print(
            String name, String chosen, double alone, StreamMeasurement.Saturated saturated, List<Latency> latencies)
            throws IOException {
        Saturation saturation = saturated.rate();
        PrintWriter out = spec.commandLine().getOut();
        int processors = Runtime.getRuntime().availableProcessors();
        String measured = app == null ? "smsieve stream" : app;
        double share = saturation.perSecond() / alone;
        if (json) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("app", measured);
            figures.put("model", name);
            figures.put("classifierPrecision", chosen);
            figures.put("guarantee", guarantee.kafkaName());
            figures.put("settings", settings);
            figures.put("partitions", partitions);
            figures.put("processors", processors);
            figures.put("classifierAlonePerSecond", alone);
            figures.put("saturatedPerSecond", saturation.perSecond());
            figures.put("saturatedRecords", saturation.records());
            figures.put("saturatedBursts", saturation.bursts());
            figures.put("saturatedSeconds", saturation.seconds());
            figures.put("shareOfClassifierAlone", share);
            figures.put("residentBytesAfterWarmUp", saturated.residentAfterWarmUp());
            figures.put("residentBytesAtEnd", saturated.residentAtEnd());
            figures.put("latencies", latencies.stream().map(StreamCommand::json).toList());
            out.println(new JsonMapper().writeValueAsString(figures));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%s, %s, %s, %d partitions, %d processors%n",
                    measured,
                    name,
                    app == null ? chosen + ", " + guarantee.kafkaName() : "guarantee of its own",
                    partitions,
                    processors);
            out.printf(
                    Locale.ROOT,
                    "%-52s%,12.1f messages/s%n",
                    "classifier alone (" + chosen + ", batch 64 or 256)",
                    alone);
            out.printf(
                    Locale.ROOT,
                    "%-52s%,12.1f messages/s, %.1f %% of the classifier alone%n",
                    "from topic to topic",
                    saturation.perSecond(),
                    100 * share);
            out.printf(
                    Locale.ROOT,
                    "%-52s%,12d MiB, %,d at the end%n",
                    "the app's memory after the warm-up",
                    saturated.residentAfterWarmUp() >> 20,
                    saturated.residentAtEnd() >> 20);
            if (!latencies.isEmpty()) {
                out.printf(
                        "%n%-28s%12s%12s%12s%12s%12s%n",
                        "latency at a load of", "messages", "p50 ms", "p95 ms", "p99 ms", "max ms");
            }
            latencies.forEach(latency -> out.printf(
                    Locale.ROOT,
                    "%-28s%,12d%,12.1f%,12.1f%,12.1f%,12.1f%s%n",
                    String.format(Locale.ROOT, "%.0f %%, %,.1f messages/s", 100 * latency.load(), latency.perSecond()),
                    latency.micros().getTotalCount(),
                    latency.millis(50),
                    latency.millis(95),
                    latency.millis(99),
                    latency.millis(100),
                    latency.missing() == 0 ? "" : " or more: " + latency.missing() + " had not come out"));
        }
        out.flush();
    }

    private static Map<String, Object> json(Latency latency) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("load", latency.load());
        json.put("perSecond", latency.perSecond());
        json.put("messages", latency.micros().getTotalCount());
        json.put("missing", latency.missing());
        json.put("p50Millis", latency.millis(50));
        json.put("p95Millis", latency.millis(95));
        json.put("p99Millis", latency.millis(99));
        json.put("maxMillis", latency.millis(100));
        return json;
    }
}
