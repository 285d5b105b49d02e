package org.smsieve.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.smsieve.app.model.Models;
import org.smsieve.command.Commands;
import picocli.CommandLine;

/**
 * Each {@code smsieve} command in the pages for users is one that there is, with flags and values that it takes. What
 * the commands do is for the tests of each.
 */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final List<CommandLine> MAINS = Stream.of(
                    new org.smsieve.app.Main(Models::new),
                    new org.smsieve.trainer.Main(),
                    new org.smsieve.benchmark.Main())
            .map(Commands::commandLine)
            .toList();

    /** In a block of code up to the end of the line or the explanation beside it, in a sentence up to the quote. */
    private static final Pattern COMMAND =
            Pattern.compile("(?m)(?:(?<=`)|^)(?:\\./|bin/)smsieve ((?:(?!\\\\\\n)[^`\\n|]|\\\\\\n *+)+?)(?=`|$|   )");

    private static final Pattern ARGUMENT = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @Test
    void areTakenAsTheyStand() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path page : pages()) {
            Matcher commands = COMMAND.matcher(Files.readString(page));
            while (commands.find()) {
                String command = commands.group(1).replace("\\\n", " ");
                found.add(command);
                check(page + ": " + command, arguments(command));
            }
        }
        assertThat(found).hasSizeGreaterThan(30);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md"), ROOT.resolve("deploy/README.md")),
                            docs.filter(page -> page.toString().endsWith(".md")))
                    .toList();
        }
    }

    /** Without what stands for more of the kind. */
    private static List<String> arguments(String command) {
        return ARGUMENT.matcher(command)
                .results()
                .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
                .filter(argument -> !argument.equals("…"))
                .toList();
    }

    private static void check(String where, List<String> arguments) {
        if (arguments.get(0).startsWith("-") || arguments.get(0).equals("COMMAND")) {
            return;
        }
        CommandLine main = MAINS.stream()
                .filter(line -> line.getSubcommands().containsKey(arguments.get(0)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(where + ": no such command"));
        try {
            main.parseArgs(arguments.toArray(String[]::new));
        } catch (CommandLine.MissingParameterException e) {
            // A sentence may name a command by its first words; a wrong name or value is none of those.
        } catch (CommandLine.ParameterException e) {
            throw new AssertionError(where + ": " + e.getMessage(), e);
        }
    }
}
