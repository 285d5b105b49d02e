package org.smsieve.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.DecisionThreshold;
import org.smsieve.bundle.GoldenExample;
import org.smsieve.bundle.Manifest;
import org.smsieve.bundle.Origin;
import org.smsieve.gpt2.Pooling;
import org.smsieve.trainer.evaluate.Evaluation;
import org.smsieve.trainer.evaluate.Prediction;
import org.smsieve.trainer.evaluate.Predictions;
import org.smsieve.trainer.evaluate.ThresholdChoice;
import org.smsieve.trainer.finetune.Figures;
import org.smsieve.trainer.finetune.History;

class ReportTest {
    private static final List<String> HAM_SPAM = List.of("ham", "spam");
    private static final ThresholdChoice LIKELIEST = new ThresholdChoice(null, "");
    private static final ThresholdChoice CHOSEN = new ThresholdChoice(new DecisionThreshold("spam", 0.83), "0 of 70");
    private static final String SHA256 = "0".repeat(64);

    @TempDir
    private Path directory;

    /** Made-up predictions, the better the larger {@code skill} is. */
    private static Predictions predictions(List<String> labels, int messages, double skill, long seed) {
        Random random = new Random(seed);
        List<Prediction> rows = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            int own = random.nextInt(5) == 0 ? random.nextInt(labels.size()) : 0;
            double[] powers = new double[labels.size()];
            double sum = 0;
            for (int j = 0; j < powers.length; j++) {
                powers[j] = Math.exp(random.nextGaussian() * 2 + (j == own ? skill : 0));
                sum += powers[j];
            }
            List<Double> probabilities = new ArrayList<>();
            for (double power : powers) {
                probabilities.add(power / sum);
            }
            rows.add(new Prediction(own, probabilities));
        }
        return new Predictions(labels, rows);
    }

    private static EvaluatedPart part(String name, List<String> labels, int messages, ThresholdChoice choice) {
        Evaluation model = Evaluation.of(predictions(labels, messages, 8, 1), choice.threshold());
        Map<String, Integer> counts = new LinkedHashMap<>();
        labels.forEach(label -> counts.put(label, model.confusion().having(label)));
        return new EvaluatedPart(name, counts, model, Evaluation.of(predictions(labels, messages, 7, 1), null));
    }

    private static History history(int pointsPerEpoch) {
        List<History.Point> points = new ArrayList<>();
        for (int i = 0; i <= 5 * pointsPerEpoch; i++) {
            double epoch = (double) i / pointsPerEpoch;
            double loss = 0.7 * Math.exp(-epoch) + 0.02;
            points.add(new History.Point(
                    i * 10,
                    epoch,
                    Math.round(1045 * epoch),
                    i % pointsPerEpoch == 0,
                    new Figures(loss, 1 - loss / 1.5),
                    new Figures(loss + 0.02 * epoch, 1 - loss / 1.5 - 0.01),
                    i == 0 ? new Figures(0.71, 0.525) : null));
        }
        return new History(points, 5, 4);
    }

    private static Report report(List<String> labels, ThresholdChoice choice, History history) {
        return new Report(
                "sms@1",
                choice,
                LIKELIEST,
                List.of(part("train", labels, 1000, choice), part("test", labels, 600, choice)),
                history,
                Map.of("command", "smsieve train"));
    }

    @Test
    void writesAllPlotsAsPictures() throws IOException {
        report(HAM_SPAM, CHOSEN, history(5)).write(directory);

        String page = Files.readString(directory.resolve("report.md"));
        for (String plot : List.of("loss", "accuracy", "confusion", "roc", "reliability")) {
            BufferedImage image = ImageIO.read(directory.resolve(plot + ".png").toFile());
            assertThat(image.getWidth()).isGreaterThan(600);
            assertThat(colours(image)).as(plot).isGreaterThan(20);
            try (PDDocument document =
                    Loader.loadPDF(directory.resolve(plot + ".pdf").toFile())) {
                assertThat(document.getNumberOfPages()).isEqualTo(1);
            }
            assertThat(page).contains("![" + plot + "](" + plot + ".png)");
        }
        assertThat(page).contains("at a decision threshold of 0.83 for spam: 0 of 70.", "| likeliest label |");
    }

    @Test
    void tellsHowTrainingWent() throws IOException {
        report(HAM_SPAM, CHOSEN, history(5)).write(directory);

        assertThat(directory.resolve("report.md"))
                .content()
                .contains(
                        "| 0 | 0 | 0.7200 | 0.7200 | 52.00 % | 51.00 % |\n",
                        "| 5 | 5,225 | 0.0247 | 0.1247 | 98.35 % | 97.35 % |\n",
                        "Kept: epoch 4.",
                        "on a sample of the test messages: loss 0.7100, accuracy 52.50 %.")
                .containsOnlyOnce("| 1 | 1,045 |");
    }

    private static long colours(BufferedImage image) {
        return Stream.iterate(0, i -> i + 7)
                .limit((long) image.getWidth() * image.getHeight() / 7)
                .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
                .distinct()
                .count();
    }

    @Test
    void writesTheSameBytesForTheSameFigures() throws IOException {
        Path first = Files.createDirectory(directory.resolve("first"));
        Path second = Files.createDirectory(directory.resolve("second"));

        report(HAM_SPAM, CHOSEN, history(5)).write(first);
        report(HAM_SPAM, CHOSEN, history(5)).write(second);

        try (Stream<Path> files = Files.list(first)) {
            List<Path> written = files.toList();
            assertThat(written).hasSize(12);
            for (Path file : written) {
                assertThat(second.resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void writesFiguresOfManyLabels() throws IOException {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            labels.add("a long label number " + i);
        }

        report(labels, LIKELIEST, history(100)).write(directory);

        JsonNode json =
                new JsonMapper().readTree(directory.resolve("report.json").toFile());
        assertThat(json.at("/parts/test/model/messages").intValue()).isEqualTo(600);
        assertThat(json.at("/parts/test/baseline/rocAreaMacro").doubleValue()).isBetween(0.5, 1.0);
        assertThat(json.at("/history/keptEpoch").intValue()).isEqualTo(4);
        assertThat(directory.resolve("confusion.png")).exists();
    }

    @Test
    void plotsATrainingWithoutAMistake() throws IOException {
        Figures perfect = new Figures(0, 1);
        List<History.Point> points = List.of(
                new History.Point(0, 0, 0, true, perfect, perfect, null),
                new History.Point(9, 1, 70, true, perfect, perfect, null));

        report(HAM_SPAM, LIKELIEST, new History(points, 1, 1)).write(directory);

        for (String plot : List.of("loss.png", "accuracy.png")) {
            BufferedImage image = ImageIO.read(directory.resolve(plot).toFile());
            // An axis with more than one tick has lines across the plot.
            assertThat(IntStream.range(0, image.getHeight())
                            .filter(y -> image.getRGB(image.getWidth() * 9 / 10, y) == Look.GRID.getRGB()))
                    .as(plot)
                    .hasSizeGreaterThan(5);
        }
    }

    @Test
    void goesOnWhereAPlotCannotBeDrawn() throws IOException {
        Map<String, Supplier<Optional<Picture>>> pictures = new LinkedHashMap<>();
        AtomicInteger drawn = new AtomicInteger();
        pictures.put("first", () -> {
            throw new IllegalArgumentException("no axis");
        });
        // The PNG succeeds, the PDF does not.
        pictures.put(
                "second",
                () -> Optional.of(new Picture(9, 9, graphics -> {
                    if (drawn.incrementAndGet() == 2) {
                        throw new NoClassDefFoundError("fonts");
                    }
                })));
        pictures.put("third", () -> Optional.of(new Picture(9, 9, graphics -> {})));

        assertThat(Plots.write(pictures, directory)).containsExactly("third");

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("third.png", "third.pdf");
        }
        assertThat(drawn).hasValue(2);
    }

    @Test
    void leavesOutPlotsThatHaveNoFigures() throws IOException {
        Evaluation nothing = Evaluation.of(new Predictions(HAM_SPAM, List.of()), null);
        EvaluatedPart part = new EvaluatedPart("empty", Map.of(), nothing, null);

        new Report("sms@1", LIKELIEST, null, List.of(part), null, Map.of()).write(directory);

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("report.json", "report.md");
        }
        assertThat(Files.readString(directory.resolve("report.md")))
                .contains("| empty | model | 0 | – | – | – |")
                .doesNotContain("NaN", "null");
    }

    @Test
    void makesACardWhoseFrontMatterIsYamlWhateverTheNames() throws IOException {
        List<String> labels = List.of("no", "a|b\n*c*", "yes: \"x\" #1\\ \u0001\u0085\u2028 ü😀");
        Origin data = new Origin("- {data}: \t'x'\n---\n.csv", SHA256);
        Manifest manifest = manifest(labels, data, new Origin("openai-community/gpt2@607a30d", SHA256));
        Report report = report(labels, LIKELIEST, null);

        String card = ModelCard.of(manifest, report, "smsieve train --data '```'");

        assertThat(card).startsWith("---\n");
        String[] halves = card.substring(4).split("\n---\n", 2);
        JsonNode matter = new YAMLMapper().readTree(halves[0]);
        JsonNode result = matter.at("/model-index/0/results/0");
        assertThat(result.at("/task/type").textValue()).isEqualTo("text-classification");
        assertThat(result.at("/dataset/name").textValue()).isEqualTo(data.name());
        assertThat(result.at("/metrics/0/type").textValue()).isEqualTo("accuracy");
        assertThat(result.at("/metrics/0/value").doubleValue())
                .isCloseTo(report.main().model().confusion().accuracy(), within(1e-6));
        assertThat(matter.get("base_model").textValue()).isEqualTo("openai-community/gpt2");
        assertThat(matter.has("license")).isFalse();
        assertThat(matter.has("datasets")).isFalse();
        assertThat(halves[1])
                .contains("a\\|b \\*c\\*", "````\nsmsieve train --data '```'\n````", "| win a \\| prize |");
        // Every table has as many cells in each of its lines.
        assertThat(halves[1]
                        .lines()
                        .filter(line -> line.startsWith("| part | messages"))
                        .toList())
                .allSatisfy(line -> assertThat(line.split("(?<!\\\\)\\|")).hasSize(6));
    }

    @Test
    void saysOfTheExamplesWhatTheAppWouldSay() {
        Manifest manifest = manifest(HAM_SPAM, new Origin("x.tsv", SHA256), null);

        String card = ModelCard.of(manifest, report(HAM_SPAM, CHOSEN, null), "smsieve train");

        // exp(1) / (exp(0) + exp(1)) = 0.731059 is below the threshold of 0.83
        assertThat(card).contains("| win a \\| prize | ham | 0.731059 |", "| (empty) | spam | 0.952574 |");
    }

    private static Manifest manifest(List<String> labels, Origin data, Origin base) {
        List<Double> little = new ArrayList<>(List.of(0.0, 1.0));
        List<Double> much = new ArrayList<>(List.of(0.0, 3.0));
        while (little.size() < labels.size()) {
            little.add(0.0);
            much.add(0.0);
        }
        return new Manifest(
                "sms",
                "1",
                null,
                labels,
                Pooling.LAST_TOKEN,
                64,
                labels.equals(HAM_SPAM) ? CHOSEN.threshold() : null,
                "fp32",
                base,
                data,
                1,
                Map.of("epochs", 1),
                Map.of(),
                Map.of(),
                List.of(new GoldenExample("win a | prize", little), new GoldenExample("", much)));
    }
}
