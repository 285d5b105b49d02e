package org.smsieve.trainer;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Gpt2Config;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Devices;
import org.smsieve.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code generate}: continues a text, to see whether a base checkpoint's weights are the pretrained ones. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Continues a text by the language model, always with the likeliest token: sense comes out where"
                + " the pretrained weights are loaded well.",
        footer = {
            "",
            "It ends early where the model ends the text. Beyond the model's context only the last tokens that it holds"
                    + " are read. A classifier's head is left out."
        })
public final class GenerateCommand implements Callable<Integer> {
    private static final int MAX_NEW_TOKENS = 10_000;
    /** Of random weights. */
    private static final long SEED = 123;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--base",
            required = true,
            paramLabel = "NAME|DIR",
            description =
                    "The model: a base that train takes, or a directory with a Hugging Face GPT-2 checkpoint, such"
                            + " as a bundle.")
    private String base;

    @Option(
            names = "--prompt",
            required = true,
            paramLabel = "TEXT",
            description = "How the text begins; may be empty.")
    private String prompt;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "15",
            description = "1 to " + MAX_NEW_TOKENS + "; default 15.")
    private int maxNewTokens;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu, gpu or gpu:N.")
    private String device;

    @Option(names = "--summary", description = "First show the model's layers, on stderr.")
    private boolean summary;

    @Override
    public Integer call() throws IOException {
        if (maxNewTokens < 1 || maxNewTokens > MAX_NEW_TOKENS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--max-new-tokens: " + maxNewTokens + " (expected: 1 to " + MAX_NEW_TOKENS + ")");
        }
        Checkpoint checkpoint = BaseCheckpoint.of(base, List.of(), SEED).checkpoint();
        Gpt2Config config = checkpoint.config();
        if (config.vocabularySize() != Tokenizer.VOCABULARY_SIZE) {
            throw new UserException("base: vocab_size: " + config.vocabularySize() + " (expected: "
                    + Tokenizer.VOCABULARY_SIZE + ", GPT-2's tokeniser)");
        }
        if (summary) {
            spec.commandLine().getErr().print(ModelSummary.of(config, Map.of()));
            spec.commandLine().getErr().flush();
        }
        Tokenizer tokenizer = Tokenizer.gpt2();
        PrintWriter out = spec.commandLine().getOut();
        try (Generator generator = new Generator(checkpoint, Devices.of(device));
                TokenPrinter printer = new TokenPrinter(tokenizer, out)) {
            out.print(prompt);
            out.flush();
            generator.generate(tokenizer.encode(prompt), maxNewTokens, printer::print);
        }
        out.println();
        out.flush();
        return 0;
    }
}
