package org.smsieve.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.checkpoint.CheckpointException;
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
        commandLine.setOut(utf8(FileDescriptor.out)).setErr(stderr());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        // A message may begin with an @.
        commandLine.setExpandAtFiles(false);
        commandLine.setExecutionExceptionHandler((thrown, failed, parsed) -> {
            Exception exception = thrown instanceof UncheckedIOException unchecked ? unchecked.getCause() : thrown;
            failed.getErr().println("smsieve: " + line(exception));
            if (isDefect(exception)) {
                LOG.error("{} failed; this is a defect of smsieve", failed.getCommandName(), exception);
            } else {
                LOG.debug("cause", exception);
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    /** What starts these commands, as the launcher says; without one, as in a checkout. */
    public static String launcher() {
        return System.getProperty("smsieve.launcher", "./smsieve");
    }

    static PrintWriter stderr() {
        return utf8(FileDescriptor.err);
    }

    /** Messages are in all scripts, whatever the locale. */
    private static PrintWriter utf8(FileDescriptor stream) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(stream), StandardCharsets.UTF_8), true);
    }

    private static String line(Exception exception) {
        if (exception instanceof UserException || exception instanceof CheckpointException) {
            return exception.getMessage();
        }
        // A file system's errors have the file's name for a message, and what is wrong with it for a type.
        return exception.toString().replaceFirst("^(java\\.\\w+\\.)+(file\\.)?", "");
    }

    private static boolean isDefect(Exception exception) {
        return !(exception instanceof UserException
                || exception instanceof CheckpointException
                || exception instanceof IOException);
    }
}
