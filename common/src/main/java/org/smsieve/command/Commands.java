package org.smsieve.command;

import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Runs a command line: 0 done, 1 failed with one line on stderr that says what and what to do, 2 wrong usage. */
public final class Commands {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

    private Commands() {}

    /**
     * Runs the command that {@code arguments} name.
     *
     * @param root a picocli command, its subcommands {@code Callable<Integer>}
     * @return the exit code
     */
    public static int run(Object root, String... arguments) {
        return commandLine(root).execute(arguments);
    }

    /** The same command line, not run yet. */
    public static CommandLine commandLine(Object root) {
        CommandLine commandLine = new CommandLine(root);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((exception, failed, parsed) -> {
            PrintWriter err = failed.getErr();
            if (exception instanceof UserException) {
                err.println("smsieve: " + exception.getMessage());
                LOG.debug("cause", exception);
            } else {
                err.println("smsieve: " + exception);
                LOG.error("{} failed; this is a defect of smsieve", failed.getCommandName(), exception);
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }
}
