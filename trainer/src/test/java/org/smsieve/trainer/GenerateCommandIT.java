package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.checkpoint.RandomWeights;
import org.smsieve.checkpoint.Tensor;
import org.smsieve.checkpoint.TensorType;
import org.smsieve.command.Commands;
import org.smsieve.download.UserDirectory;
import org.smsieve.parity.Fixture;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;
import picocli.CommandLine;

class GenerateCommandIT {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"language-model", "language-model-unprefixed"})
    void continuesAsTransformersDoes(String name) throws IOException {
        JsonNode greedy = Fixture.json(name + "/expected.json").get("greedy");
        Tokens prompt = Tokens.of(Fixture.ints(greedy.get("prompt")));
        int[] expected = Fixture.ints(greedy.get("continuation"));

        List<Integer> tokens = generate(Checkpoint.open(Fixture.checkpoint(name)), prompt, expected.length);

        assertThat(tokens).containsExactly(boxed(expected));
    }

    @Test
    void leavesOutTheHeadOfAClassifier() throws IOException {
        JsonNode greedy = Fixture.json("language-model/expected.json").get("greedy");
        Tokens prompt = Tokens.of(Fixture.ints(greedy.get("prompt")));
        int[] expected = Fixture.ints(greedy.get("continuation"));
        Checkpoint.open(Fixture.checkpoint("language-model"))
                .withLabels(List.of("ham", "spam"), 1)
                .write(directory, TensorType.F32);

        List<Integer> tokens = generate(Checkpoint.open(directory), prompt, expected.length);

        assertThat(tokens).containsExactly(boxed(expected));
    }

    @Test
    void goesOnBeyondTheContextByItsLastTokens() throws IOException {
        Checkpoint model = Checkpoint.open(Fixture.checkpoint("language-model"));
        int context = model.config().context();
        int[] ids = new int[context + 3];
        Arrays.setAll(ids, i -> i * 7 % 150);
        Tokens held = Tokens.of(Arrays.copyOfRange(ids, 3, ids.length));

        List<Integer> tokens = generate(model, Tokens.of(ids), 5);

        assertThat(tokens).hasSize(5).isEqualTo(generate(model, held, 5));
    }

    @Test
    void endsWhereTheModelEndsTheText() throws IOException {
        int endOfText = 7;
        Checkpoint model = saying(2, 3, endOfText, 4);

        assertThat(generate(model, Tokens.of(1), 15)).containsExactly(2, 3);
        assertThat(generate(model, Tokens.of(1), 1)).containsExactly(2);
        assertThat(generate(model, Tokens.of(1, 1, 1), 1)).isEmpty();
    }

    @Test
    void beginsAnEmptyPromptAfterAnEndOfText() throws IOException {
        Checkpoint model = Checkpoint.open(Fixture.checkpoint("language-model"));
        Tokens endOfText = Tokens.of(model.config().endOfText());

        List<Integer> tokens = generate(model, Tokens.of(), 5);

        assertThat(tokens).hasSize(5).isEqualTo(generate(model, endOfText, 5));
    }

    @Test
    void printsPromptAndContinuation() throws IOException {
        Gpt2Config config = new Gpt2Config(Tokenizer.VOCABULARY_SIZE, 16, 8, 1, 2, 16, 1e-5, List.of());
        RandomWeights.checkpoint(config, 1).write(directory, TensorType.F32);

        Result result = run("--base", directory.toString(), "--prompt", "Every effort", "--summary");

        assertThat(result.code).as(result.err).isZero();
        assertThat(result.out).startsWith("Every effort").endsWith("\n").hasSizeGreaterThan("Every effort\n".length());
        assertThat(result.err).contains("wte", "h.0", " weights, ").doesNotContain("frozen");
        assertThat(run("--base", directory.toString(), "--prompt", "").code).isZero();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(run("--base", "nowhere", "--prompt", "a").err).startsWith("smsieve: base: nowhere");
        assertThat(run("--base", "mini", "--prompt", "a", "--device", "tpu").err)
                .startsWith("smsieve: device: tpu");
        assertThat(run("--base", "mini", "--prompt", "a", "--max-new-tokens", "0"))
                .satisfies(result -> assertThat(result.code).isEqualTo(2))
                .satisfies(result -> assertThat(result.err).startsWith("--max-new-tokens: 0 (expected: 1 to"));
        assertThat(run("--base", "mini").code).isEqualTo(2);
    }

    @Test
    void refusesAModelOfOtherTokens() throws IOException {
        RandomWeights.checkpoint(new Gpt2Config(160, 32, 16, 2, 2, 64, 1e-5, List.of()), 1)
                .write(directory, TensorType.F32);

        Result result = run("--base", directory.toString(), "--prompt", "a");

        assertThat(result.code).isEqualTo(1);
        assertThat(result.err).startsWith("smsieve: base: vocab_size: 160 (expected: 50257");
    }

    /** The sentence that shows whether the pretrained weights are loaded well. */
    @Test
    void continuesTheBooksSentence() {
        Gpt2Release gpt2 = PretrainedModels.ofUser().find("gpt2").orElseThrow();
        assumeThat(UserDirectory.CACHE
                        .path()
                        .resolve(Path.of("models", "gpt2", gpt2.revision(), Checkpoint.WEIGHTS_FILE)))
                .as("the pretrained weights, which smsieve train --base gpt2 puts in the cache")
                .exists();

        Result result = run("--base", "gpt2", "--prompt", "Every effort moves you");

        assertThat(result.out).isEqualTo("""
                        Every effort moves you forward.

                        The first step is to understand the importance of your work
                        """);
    }

    /**
     * A model of 8 tokens that gives these after its first positions, whatever stands there: its block adds nothing,
     * and a position's embedding is the next token's, ten times as long.
     */
    private static Checkpoint saying(int... next) {
        Gpt2Config config = new Gpt2Config(8, next.length, 8, 1, 1, 4, 1e-5, List.of());
        Map<String, Tensor> weights = new LinkedHashMap<>();
        config.parameters().forEach((name, shape) -> {
            long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
            int elements = Math.toIntExact(Arrays.stream(sizes).reduce(1, Math::multiplyExact));
            weights.put(name, new Tensor(new float[elements], sizes));
        });
        Arrays.fill(weights.get("ln_f.weight").values(), 1);
        for (int token = 0; token < 8; token++) {
            weights.get("wte.weight").values()[8 * token + token] = 1;
        }
        for (int position = 0; position < next.length; position++) {
            weights.get("wpe.weight").values()[8 * position + next[position]] = 10;
        }
        return Checkpoint.of(config, weights);
    }

    private static List<Integer> generate(Checkpoint checkpoint, Tokens prompt, int maxNewTokens) throws IOException {
        List<Integer> tokens = new ArrayList<>();
        try (Generator generator = new Generator(checkpoint, Device.cpu())) {
            generator.generate(prompt, maxNewTokens, tokens::add);
        }
        return tokens;
    }

    private static Integer[] boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toArray(Integer[]::new);
    }

    private record Result(int code, String out, String err) {}

    private static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Commands.commandLine(Main.command());
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> command = new ArrayList<>(List.of("generate"));
        command.addAll(List.of(arguments));
        return new Result(commandLine.execute(command.toArray(String[]::new)), out.toString(), err.toString());
    }
}
