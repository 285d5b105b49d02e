package org.smsieve.benchmark;

import org.smsieve.command.Commands;
import picocli.CommandLine.Command;

/** The benchmarks' command. */
@Command(
        name = "smsieve",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = BenchmarkCommand.class)
public final class Main {
    /** The commands. */
    public Main() {}

    /** Runs the command that the arguments name and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(Commands.run(new Main(), arguments));
    }
}
