package org.smsieve.trainer;

import org.smsieve.command.Commands;
import org.smsieve.trainer.publish.ModelsCommand;
import picocli.CommandLine.Command;

/** The trainer's commands. */
@Command(
        name = "smsieve",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PrepareCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            GenerateCommand.class,
            ModelsCommand.class
        })
public final class Main {
    /** The commands. */
    public Main() {}

    /** Runs the command that the arguments name and exits with its code. */
    public static void main(String[] arguments) {
        System.setProperty("smsieve.log.connections", "ERROR");
        System.exit(Commands.run(command(), arguments));
    }

    static Object command() {
        return new Main();
    }
}
