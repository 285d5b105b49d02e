package org.smsieve.app;

import java.util.function.Function;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.model.Models;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.command.Commands;
import picocli.CommandLine.Command;

/** The commands of the streaming app: {@code stream}, {@code demo} and {@code classify}. */
@Command(
        name = "smsieve",
        mixinStandardHelpOptions = true,
        description = "Classifies SMS messages on Kafka with a finetuned GPT-2.",
        subcommands = {StreamCommand.class, DemoCommand.class, ClassifyCommand.class})
public final class Main {
    private final Function<AppConfig.Model, BatchClassifier> models;

    /**
     * The commands.
     *
     * @param models opens the model that the settings name
     */
    public Main(Function<AppConfig.Model, BatchClassifier> models) {
        this.models = models;
    }

    /** Runs the command that {@code arguments} name, and ends the process with its exit code. */
    public static void main(String... arguments) {
        System.exit(Commands.run(new Main(Models::open), arguments));
    }

    BatchClassifier open(AppConfig.Model model) {
        return models.apply(model);
    }
}
