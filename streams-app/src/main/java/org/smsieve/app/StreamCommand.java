package org.smsieve.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.config.Settings;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.metrics.MetricsTable;
import org.smsieve.app.model.ModelLoader;
import org.smsieve.app.stream.StreamsApp;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "stream",
        mixinStandardHelpOptions = true,
        description = "Runs the app against a Kafka cluster, until SIGTERM or Ctrl-C.",
        footer = {
            "",
            "Settings come from FILE (KEY=VALUE lines, UTF-8), then from the environment (SMSIEVE_ and the key in upper"
                    + " case, dots and hyphens as underscores), then from --set; the last counts. One is required:"
                    + " kafka.bootstrap.servers. SMSIEVE_LOG_LEVEL=DEBUG logs more."
        })
final class StreamCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCommand.class);

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "The settings, a properties file.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--list-settings", help = true, description = "Prints all settings as a table in Markdown.")
    private boolean listSettings;

    @Option(names = "--list-metrics", help = true, description = "Prints the app's own metrics as a table in Markdown.")
    private boolean listMetrics;

    @Override
    @SuppressWarnings("try") // The hook only has to be there.
    public Integer call() throws InterruptedException {
        if (listSettings || listMetrics) {
            spec.commandLine().getOut().print(listSettings ? Settings.table() : MetricsTable.markdown());
            spec.commandLine().getOut().flush();
            return 0;
        }
        SettingsReader reader = new SettingsReader();
        if (file != null) {
            reader.file(file);
        }
        reader.environment(System.getenv());
        settings.forEach(reader::set);
        AppConfig config = reader.read();
        ModelLoader loader = main.loader(config.model());
        try (StreamsApp app = StreamsApp.start(config, loader.configured(), loader, event -> {});
                ShutdownHook hook = new ShutdownHook(() -> {
                    app.close();
                    app.awaitEnd();
                })) {
            String host = config.http().host();
            LOG.info(
                    "{} reads {}; metrics and health on {}:{}",
                    config.applicationId(),
                    config.topics().input(),
                    host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host,
                    app.httpPort());
            app.awaitEnd();
        }
        return 0;
    }
}
