package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.GoldenExample;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.command.Commands;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import org.smsieve.trainer.data.BadRows;
import org.smsieve.trainer.data.Example;
import org.smsieve.trainer.data.LabelledFile;
import picocli.CommandLine;

/** The commands as their user runs them, on a small base checkpoint and made-up messages. */
class TrainCommandIT {
    private static final List<String> HAM =
            List.of("see you at noon", "are you home yet", "thanks love", "running late");
    private static final List<String> SPAM =
            List.of("win a prize now", "claim cash call", "free ringtone reply", "urgent");

    @TempDir
    private Path directory;

    private Path data;
    private Path base;

    @BeforeEach
    void makeDataAndBase() throws IOException {
        Random random = new Random(1);
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 120; i++) {
            List<String> texts = i % 3 == 0 ? SPAM : HAM;
            rows.append(i % 3 == 0 ? "spam" : "ham").append('\t');
            rows.append(texts.get(random.nextInt(texts.size())))
                    .append(' ')
                    .append(i)
                    .append('\n');
        }
        data = Files.writeString(directory.resolve("messages.tsv"), rows);
        base = Files.createDirectory(directory.resolve("base"));
        Gpt2Config config = new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 32, 16, 2, 2, 64, 1e-5, List.of());
        RandomWeights.checkpoint(config, 1).write(base, TensorType.F32);
    }

    @Test
    void trainsABundleThatGivesItsGoldenLogits() throws IOException {
        Path output = directory.resolve("model");

        Result result = run(
                "train",
                "--base",
                base.toString(),
                "--data",
                data.toString(),
                "--output",
                output.toString(),
                "--trainable",
                "all",
                "--epochs",
                "8",
                "--learning-rate",
                "5e-3",
                "--batch-size",
                "8",
                "--store",
                "f16");

        assertThat(result.err).isEmpty();
        assertThat(result.code).isZero();
        assertThat(result.out).contains("epoch 8 ", "kept: epoch ", "written to " + output);
        assertThat(result.out).containsPattern("test +model +\\d+ ").containsPattern("\n +baseline +\\d+ ");
        assertThat(result.out).containsPattern("step 0 .*train loss .*validation loss .*test loss ");
        Bundle bundle = Bundle.open(output);
        assertThat(bundle.manifest().labels()).containsExactly("ham", "spam");
        assertThat(bundle.manifest().metrics()).containsKeys("train", "validation", "test");
        assertThat(Files.readString(output.resolve("README.md"))).contains("smsieve train --base");
        assertThat(bundle.manifest().files()).containsKeys("report.json", "report.md", "roc.png", "roc.pdf");
        try (Gpt2Classifier classifier = Gpt2Classifier.open(bundle, new ComputeOptions("cpu", "fp32"))) {
            for (GoldenExample golden : bundle.manifest().goldenExamples()) {
                float[] logits = classifier.logits(Tokenizer.gpt2().encode(golden.text()));
                for (int i = 0; i < logits.length; i++) {
                    assertThat((double) logits[i]).isCloseTo(golden.logits().get(i), within(1e-5));
                }
            }
            Tokens prize = Tokenizer.gpt2().encode("win a prize now 7");
            Tokens noon = Tokenizer.gpt2().encode("see you at noon 8");
            assertThat(classifier.classify(List.of(prize, noon)))
                    .extracting(verdict -> verdict.label())
                    .containsExactly("spam", "ham");
        }

        Result evaluated = run("evaluate", "--model", output.toString(), "--data", data.toString(), "--json");

        assertThat(evaluated.code).isZero();
        JsonNode figures = new JsonMapper().readTree(evaluated.out);
        assertThat(figures.get("messages").intValue()).isEqualTo(120);
        assertThat(figures.get("accuracy").doubleValue()).isGreaterThan(0.9);
    }

    @Test
    void trainsTheLastBlockAsTheBookDoes() throws IOException {
        Path output = directory.resolve("model");

        Result result = run(
                "train",
                "--base",
                base.toString(),
                "--data",
                data.toString(),
                "--output",
                output.toString(),
                "--as-book",
                "--pooling",
                "last-position",
                "--epochs",
                "1",
                "--keep",
                "best",
                "--decision-threshold",
                "spam=0.75");

        assertThat(result.code).isZero();
        Bundle bundle = Bundle.open(output);
        assertThat(bundle.manifest().hyperParameters())
                .containsEntry("trainable", "last-block")
                .containsEntry("batchSize", 8)
                .containsEntry("learningRate", 5e-5);
        assertThat(bundle.manifest().decisionThreshold().probability()).isEqualTo(0.75);
        assertThat(bundle.checkpoint().tensor("wte.weight").values())
                .isEqualTo(Checkpoint.open(base).tensor("wte.weight").values());
    }

    @Test
    void picksAThresholdThatTheModelThenDecidesBy() throws IOException {
        Path output = directory.resolve("model");
        Path report = directory.resolve("report");

        Result result = run(
                "train",
                "--base",
                base.toString(),
                "--data",
                data.toString(),
                "--output",
                output.toString(),
                "--epochs",
                "1",
                "--store",
                "bf16",
                "--max-false-positive-rate",
                "0.1");

        assertThat(result.err).isEmpty();
        assertThat(result.out)
                .contains("All figures are at a decision threshold of 0.")
                .contains("The baseline's are at a decision threshold of ");
        Bundle bundle = Bundle.open(output);
        assertThat(bundle.manifest().hyperParameters()).containsEntry("maxFalsePositiveRate", 0.1);
        assertThat(bundle.manifest().decisionThreshold().label()).isEqualTo("spam");
        JsonNode written =
                new JsonMapper().readTree(output.resolve("report.json").toFile());
        assertThat(written.at("/parts/validation/model/falsePositiveRate").doubleValue())
                .isLessThanOrEqualTo(0.1);
        assertThat(written.at("/parts/validation/baseline/falsePositiveRate").doubleValue())
                .isLessThanOrEqualTo(0.1);

        Result evaluated = run(
                "evaluate",
                "--model",
                output.toString(),
                "--data",
                data.toString(),
                "--json",
                "--report",
                report.toString());

        assertThat(evaluated.code).isZero();
        assertThat(report.resolve("report.md")).content().contains("# Report on model@", "![roc](roc.png)");
        int[][] decided = new int[2][2];
        try (Gpt2Classifier classifier = Gpt2Classifier.open(bundle, new ComputeOptions("cpu", "fp32"))) {
            for (Example example : LabelledFile.read(data, BadRows.REFUSED).examples()) {
                Tokens tokens = Tokenizer.gpt2().encode(example.text());
                String label = classifier.classify(List.of(tokens)).get(0).label();
                decided[classifier.labels().indexOf(example.label())][
                        classifier.labels().indexOf(label)]++;
            }
        }
        assertThat(new JsonMapper().readTree(evaluated.out).get("confusion"))
                .hasToString(Arrays.deepToString(decided).replace(" ", ""));
    }

    @Test
    void saysWhatItsFiguresAreComputedIn() throws IOException {
        JsonNode quick = trainInBf16("quick");
        JsonNode served = trainInBf16("served", "--max-false-positive-rate", "0.1");

        String weights = "trained in fp32, frozen blocks in bf16, weights stored in F32, figures computed in ";
        assertThat(quick.get("precision").textValue()).isEqualTo(weights + "bf16 below the trained blocks, fp32 above");
        assertThat(served.get("precision").textValue()).isEqualTo(weights + "bf16");
        Result evaluated = run(
                "evaluate",
                "--model",
                directory.resolve("served").toString(),
                "--data",
                data.toString(),
                "--precision",
                "bf16",
                "--json");
        assertThat(new JsonMapper().readTree(evaluated.out).get("loss"))
                .isEqualTo(served.get("parts").get("messages.tsv").at("/model/loss"));
    }

    /** @return its report */
    private JsonNode trainInBf16(String name, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--base=" + base,
                "--data=" + data,
                "--output=" + directory.resolve(name),
                "--also-evaluate=" + data,
                "--trainable=last-block",
                "--epochs=1",
                "--learning-rate=5e-3",
                "--precision=bf16"));
        arguments.addAll(List.of(more));
        assertThat(run(arguments.toArray(String[]::new)).code).isZero();
        Path report = directory.resolve(name).resolve("report.json");
        return new JsonMapper().readTree(report.toFile());
    }

    @Test
    void saysInOneLineWhatIsWrong() throws IOException {
        Path output = directory.resolve("model");
        Path other = Files.createDirectory(directory.resolve("other"));
        RandomWeights.checkpoint(new Gpt2Config(160, 32, 16, 2, 2, 64, 1e-5, List.of()), 1)
                .write(other, TensorType.F32);
        String[][] mistakes = {
            {"--base", "nowhere", "base: nowhere"},
            {"--base", data.toString(), "base: "},
            {"--data", "nowhere.tsv", "nowhere.tsv"},
            {"--output", directory.toString(), "output: "},
            {"--output", data.resolve("model").toString(), "output: "},
            {"--device", "tpu", "device: tpu"},
            {"--epochs", "0", "epochs: 0"},
            {"--learning-rate", "-1", "learning-rate: -1.0"},
            {"--precision", "fp8", "precision: fp8"},
            {"--cache-memory", "-1", "cache-memory: -1"},
            {"--cache-memory", "99999999999999", "cache-memory: 99999999999999"},
            {"--class-weight", "eggs=2", "class-weight: eggs"},
            {"--decision-threshold", "spam=7", "decision-threshold"},
            {"--max-false-positive-rate", "1.5", "max-false-positive-rate: 1.5"},
            {"--also-evaluate", "nowhere.tsv", "nowhere.tsv"},
            {"--name", "two words", "name: two words"},
            {"--base", other.toString(), "vocab_size: 160"}
        };
        for (String[] mistake : mistakes) {
            Result result = run(
                    "train",
                    "--base",
                    base.toString(),
                    "--data",
                    data.toString(),
                    "--output",
                    output.toString(),
                    mistake[0],
                    mistake[1]);

            assertThat(result.code).as(mistake[0]).isEqualTo(1);
            assertThat(result.err.lines().toList()).as(mistake[0]).hasSize(1);
            assertThat(result.err).startsWith("smsieve: ").contains(mistake[2]);
            assertThat(output).doesNotExist();
        }
        for (String contradiction : List.of(
                "--lora-rank 4",
                "--no-cache --cache-memory 5",
                "--keep 3rd",
                "--schedule steep",
                "--trainable everything")) {
            List<String> arguments = new ArrayList<>(List.of(
                    "train", "--base", base.toString(), "--data", data.toString(), "--output", output.toString()));
            arguments.addAll(List.of(contradiction.split(" ")));
            assertThat(run(arguments.toArray(String[]::new)).code)
                    .as(contradiction)
                    .isEqualTo(2);
        }
        assertThat(run("train", "--base", "mini").code).isEqualTo(2);
        assertThat(run(
                                "train",
                                "--base=mini",
                                "--data=x",
                                "--output=y",
                                "--decision-threshold=spam=0.9",
                                "--max-false-positive-rate=0.01")
                        .code)
                .isEqualTo(2);
    }

    private record Result(int code, String out, String err) {}

    private static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Commands.commandLine(Main.command());
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).setOverwrittenOptionsAllowed(true);
        int code = commandLine.execute(arguments);
        return new Result(code, out.toString(), err.toString());
    }
}
