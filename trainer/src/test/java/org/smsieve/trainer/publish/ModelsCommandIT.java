package org.smsieve.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.broker.EmbeddedBroker;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.command.Commands;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.Announcements;
import org.smsieve.registry.ModelTopics;
import org.smsieve.registry.PromotionRule;
import picocli.CommandLine;

/** The commands as their user runs them, on a real broker. */
@Timeout(120)
class ModelsCommandIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static EmbeddedBroker broker;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** What a command did. */
    private record Result(int code, String out, String err) {}

    private Result run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        settings().forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
        return runAsItIs(all.toArray(String[]::new));
    }

    private static Result runAsItIs(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Commands.commandLine(new ModelsCommand());
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = commandLine.execute(arguments);
        return new Result(code, out.toString(), err.toString());
    }

    /** Topics of a name of their own for each test. */
    private Map<String, String> settings() {
        String test = directory.getFileName().toString().replaceAll("\\W", "");
        return Map.of(
                "kafka.bootstrap.servers",
                broker.bootstrapServers(),
                "registry.location",
                directory.resolve("registry").toString(),
                "topics.models",
                test + "-models",
                "topics.model-reports",
                test + "-reports");
    }

    private Announcements announced() {
        Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
        Map<String, String> settings = settings();
        return new ModelTopics(
                        settings.get("topics.models"), settings.get("topics.model-reports"), client, client, client)
                .read(LIMIT);
    }

    private String served() {
        return announced().served().map(Announcement::model).orElse("none");
    }

    private String bundle(String version, long seed, double matthews) throws IOException {
        Map<String, Object> test =
                Map.of("rowsSha256", "ab".repeat(32), "messages", 1115, "accuracy", 0.98, "matthews", matthews);
        return TinyBundle.of("sms", version, seed)
                .withMetrics(Map.of("test", test))
                .write(directory.resolve("made-" + version))
                .toString();
    }

    @Test
    void publishesListsShowsAndRollsBack() throws IOException {
        assertThat(run("list").out()).contains("no models in ", "none is announced", "no app reports");

        Result first = run("publish", bundle("1", 1, 0.90));
        Result second = run("publish", bundle("2", 2, 0.95));

        assertThat(first).isEqualTo(new Result(0, first.out(), ""));
        assertThat(first.out()).contains("sms@1 is announced on ", "in place of the models that the apps start with");
        assertThat(second.out()).contains("test", "0.9500", "0.9000", "sms@2 is announced on ", "in place of sms@1");
        assertThat(served()).isEqualTo("sms@2");
        assertThat(announced().served().orElseThrow().address())
                .isEqualTo(directory.resolve("registry/sms/2").toUri());
        assertThat(run("list").out()).containsPattern("sms@1 +20").containsPattern("sms@2 +current +20.* 1,115 ");
        assertThat(run("show").out()).isEqualTo("# sms 2\n");
        assertThat(run("show", "1").out()).isEqualTo("# sms 1\n");

        assertThat(run("rollback").out()).contains("sms@1 is announced on ", "in place of sms@2");
        assertThat(served()).isEqualTo("sms@1");
        assertThat(run("rollback").err()).contains("no version of sms older than 1 (expected: VERSION");
        assertThat(run("rollback", "sms@2").code()).isZero();
        assertThat(served()).isEqualTo("sms@2");
    }

    @Test
    void refusesWhatDoesWorseOnTheSameRowsUnlessForced() throws IOException {
        run("publish", bundle("1", 1, 0.95));
        String worse = bundle("2", 2, 0.90);

        Result refused = run("publish", worse);

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).contains("0.9000", "0.9500").doesNotContain("announced");
        assertThat(refused.err()).contains("does worse than sms@1", "--force").hasLineCount(1);
        assertThat(served()).isEqualTo("sms@1");
        assertThat(directory.resolve("registry/sms/2")).doesNotExist();
        assertThat(run("publish", worse, "--force").code()).isZero();
        assertThat(served()).isEqualTo("sms@2");
    }

    @Test
    void announcesAShadowAndPromotesIt() throws IOException {
        assertThat(run("promote").err()).contains("no model is announced as a shadow");
        run("publish", bundle("1", 1, 0.95));

        Result shadow = run(
                "publish",
                bundle("2", 2, 0.90),
                "--shadow",
                "0.1",
                "--promote-after-records",
                "1000",
                "--min-agreement",
                "0.97");

        assertThat(shadow.out()).contains("sms@2 shadows sms@1");
        assertThat(served()).isEqualTo("sms@1");
        assertThat(announced().shadow().orElseThrow().promoteAfter()).isEqualTo(new PromotionRule(1000, 0.97, 2));
        assertThat(run("list").out()).contains("shadow of 10 %", "current");
        assertThat(run("promote").out()).contains("sms@2 is announced on ");
        assertThat(served()).isEqualTo("sms@2");
        assertThat(announced().shadow()).isEmpty();
    }

    @Test
    void takesTheAppsSettingsFile() throws IOException {
        StringBuilder file = new StringBuilder("stream.threads=2\nhttp.port=1\n");
        settings()
                .forEach((key, value) ->
                        file.append(key).append('=').append(value).append('\n'));
        Path config = Files.writeString(directory.resolve("smsieve.properties"), file);

        Result published = runAsItIs("publish", bundle("1", 1, 0.9), "--config", config.toString());

        assertThat(published.err()).isEmpty();
        assertThat(served()).isEqualTo("sms@1");
    }

    @Test
    void tellsMistakesInOneLine() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThat(run("publish", empty.toString()).err())
                .contains("no smsieve.json there")
                .hasLineCount(1);
        assertThat(run("publish", directory.resolve("none").toString()).code()).isEqualTo(1);
        assertThat(run("show").err()).contains("nothing is announced on").hasLineCount(1);
        assertThat(run("show", "sms@9").err()).contains("no sms@9 (expected: one that smsieve models list shows)");
        assertThat(run("rollback").err()).contains("nothing is announced on").hasLineCount(1);
        assertThat(run("publish", empty.toString(), "--shadow", "2").code()).isEqualTo(2);
        assertThat(run("publish", empty.toString(), "--promote-after-records", "5")
                        .code())
                .isEqualTo(2);
        assertThat(run("frobnicate").code()).isEqualTo(2);
        assertThat(runAsItIs("list", "--set", "registry.loction=x").err()).contains("did you mean registry.location?");
        Result away = runAsItIs("list", "--set", "kafka.bootstrap.servers=localhost:1");
        assertThat(away.code()).isEqualTo(1);
        assertThat(away.err()).contains("kafka.bootstrap.servers: localhost:1").hasLineCount(1);
    }
}
