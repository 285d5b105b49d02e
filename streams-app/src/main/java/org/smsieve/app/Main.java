package org.smsieve.app;

import java.util.function.Function;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.app.model.Models;
import org.smsieve.command.Commands;
import picocli.CommandLine.Command;

/** The commands of the streaming app: {@code stream}, {@code demo} and {@code classify}. */
@Command(
        name = "smsieve",
        mixinStandardHelpOptions = true,
        description = "Classifies SMS messages on Kafka with a finetuned GPT-2.",
        subcommands = {StreamCommand.class, DemoCommand.class, ClassifyCommand.class})
public final class Main {
    private final Function<AppConfig.Model, ModelLoader> loaders;

    /**
     * The commands.
     *
     * @param loaders opens models, as the settings say
     */
    public Main(Function<AppConfig.Model, ModelLoader> loaders) {
        this.loaders = loaders;
    }

    /** Runs the command that {@code arguments} name, and ends the process with its exit code. */
    public static void main(String... arguments) {
        if (arguments.length > 0 && arguments[0].equals("demo")) {
            // Its broker is in this process: of connections there is nothing to warn of. Read when logging starts.
            System.setProperty("smsieve.log.connections", "ERROR");
        }
        System.exit(Commands.run(new Main(Models::new), arguments));
    }

    ModelLoader loader(AppConfig.Model model) {
        return loaders.apply(model);
    }
}
