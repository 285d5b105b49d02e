package org.smsieve.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.demo.Demo;
import org.smsieve.app.demo.DemoMessages;
import org.smsieve.classifier.ComputeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts a Kafka broker and the app in this process, sends messages and prints each verdict.",
        footer = {"", "Verdicts go to stdout, in colours on a terminal unless NO_COLOR is set."})
final class DemoCommand implements Callable<Integer> {
    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--messages",
            paramLabel = "FILE",
            description = "The messages, one a line, an empty line too. Default: those that come with the demo.")
    private Path file;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "For the page, metrics and health; 0: any free one. Default: ${DEFAULT-VALUE}.")
    private int httpPort;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "For the broker; 0: any free one. Default: ${DEFAULT-VALUE}.")
    private int kafkaPort;

    @Option(names = "--once", description = "Ends when all messages are classified.")
    private boolean once;

    @Override
    @SuppressWarnings("try") // The hook only has to be there.
    public Integer call() throws InterruptedException {
        checkPort("--kafka-port", kafkaPort);
        checkPort("--http-port", httpPort);
        List<byte[]> messages = file == null ? DemoMessages.builtIn() : DemoMessages.of(file);
        AppConfig.Model builtIn = new AppConfig.Model(Optional.empty(), ComputeOptions.AUTO);
        try (Demo demo =
                        new Demo(spec.commandLine().getOut(), spec.commandLine().getErr());
                ShutdownHook hook = new ShutdownHook(demo::close)) {
            demo.run(messages, main.loader(builtIn), httpPort, kafkaPort, once);
        }
        return 0;
    }

    private void checkPort(String option, int port) {
        if (port < 0 || port > 65_535) {
            throw new ParameterException(spec.commandLine(), option + ": " + port + " (expected: 0 to 65535)");
        }
    }
}
