package org.smsieve.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.smsieve.app.config.AppConfig;
import org.smsieve.app.config.Settings;
import org.smsieve.app.config.SettingsReader;
import org.smsieve.app.http.HttpEndpoint;
import org.smsieve.app.live.Recent;
import org.smsieve.fixture.Programs;

/** What {@code deploy} and the pages of {@code docs} about it name, is there. */
class DeploymentTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path DEPLOY = ROOT.resolve("deploy");
    private static final Path KUBERNETES = DEPLOY.resolve("kubernetes");

    /** Those that are no settings: of the launcher and of what all commands share. */
    private static final Set<String> VARIABLES = Set.of(
            "SMSIEVE_JAVA_OPTS",
            "SMSIEVE_LOG_LEVEL",
            "SMSIEVE_CACHE",
            "SMSIEVE_HF_MIRROR",
            "SMSIEVE_UCI_MIRROR",
            "SMSIEVE_KAFKA");

    @Test
    void isMadeOfYamlThatParses() throws IOException {
        List<Path> files = files(DEPLOY, ".*\\.ya?ml");
        assertThat(files).hasSizeGreaterThan(10);
        for (Path file : files) {
            assertThat(yaml(file)).as(file.toString()).isNotEmpty();
        }
    }

    @Test
    void setsNothingThatTheAppDoesNotKnow() throws IOException {
        Set<String> known = Settings.all().stream()
                .map(setting ->
                        "SMSIEVE_" + setting.key().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"))
                .collect(Collectors.toSet());
        for (Path file : Stream.concat(files(DEPLOY, ".*").stream(), files(ROOT.resolve("docs"), ".*").stream())
                .toList()) {
            Matcher names = Pattern.compile("\\bSMSIEVE_[A-Z_]*[A-Z]").matcher(Files.readString(file));
            while (names.find()) {
                String name = names.group();
                assertThat(known.contains(name)
                                || VARIABLES.contains(name)
                                || name.startsWith("SMSIEVE_KAFKA_")
                                || name.equals("SMSIEVE_DATA")
                                || name.equals("SMSIEVE_SOAK"))
                        .as(file + ": " + name)
                        .isTrue();
            }
        }
        AppConfig config = new SettingsReader()
                .file(KUBERNETES.resolve("base/smsieve.properties"))
                .read();
        assertThat(config.http().host()).isEqualTo("0.0.0.0");
    }

    @Test
    void alertsHaveTestsAndEntriesInTheRunbook() throws Exception {
        Path rules = DEPLOY.resolve("prometheus/smsieve.rules.yml");
        String tests = Files.readString(DEPLOY.resolve("prometheus/smsieve.test.yml"));
        String runbook = Files.readString(ROOT.resolve("docs/runbook.md"));
        Matcher alerts = Pattern.compile("- alert: (\\w+)").matcher(Files.readString(rules));
        Set<String> names = new TreeSet<>();
        while (alerts.find()) {
            names.add(alerts.group(1));
        }
        assertThat(names).hasSizeGreaterThan(5).allSatisfy(name -> {
            assertThat(tests).contains("alertname: " + name + "}");
            assertThat(runbook).contains("\n## " + name + "\n");
            assertThat(Files.readString(rules)).contains("runbook.md#" + name.toLowerCase(Locale.ROOT) + "\n");
        });
        Path executable = Programs.require("prometheus", "promtool");
        Process promtool = new ProcessBuilder(executable.toString(), "test", "rules", "smsieve.test.yml")
                .directory(rules.getParent().toFile())
                .redirectErrorStream(true)
                .start();
        String told = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(told).isZero();
    }

    @Test
    void asksPrometheusForMetricsThatThereAre() throws IOException {
        String catalogue = Files.readString(ROOT.resolve("docs/metrics.md"));
        for (Path file : files(DEPLOY, ".*(\\.rules\\.yml|grafana/.*\\.json)")) {
            Matcher metrics = Pattern.compile("smsieve_\\w+").matcher(Files.readString(file));
            while (metrics.find()) {
                String metric = metrics.group().replaceAll("_(bucket|sum|count)$", "");
                assertThat(catalogue).as(file.toString()).contains("| `" + metric + "` |");
            }
        }
    }

    @Test
    void dashboardsAreFoundByWhatTheyAreCalled() throws IOException {
        List<Path> dashboards = files(DEPLOY.resolve("grafana"), ".*\\.json");
        assertThat(dashboards).hasSize(3);
        for (Path file : dashboards) {
            JsonNode dashboard = yaml(file).get(0);
            assertThat(dashboard.get("uid").textValue() + ".json")
                    .isEqualTo(file.getFileName().toString());
            assertThat(dashboard.at("/templating/list/0/type").textValue()).isEqualTo("datasource");
            assertThat(dashboard.get("panels")).allSatisfy(panel -> {
                assertThat(panel.get("title").textValue()).isNotBlank();
                assertThat(panel.at("/fieldConfig/defaults/unit").textValue()).isNotBlank();
                assertThat(panel.get("targets")).isNotEmpty();
            });
        }
    }

    @Test
    void asksForPagesThatTheAppServes() throws Exception {
        Set<String> pages = new TreeSet<>();
        for (Path file : files(DEPLOY, ".*(\\.ya?ml|\\.sh)")) {
            Matcher paths =
                    Pattern.compile("/(health/\\w+|metrics|api/\\w+)\\b").matcher(Files.readString(file));
            while (paths.find()) {
                pages.add(paths.group());
            }
        }
        assertThat(pages).contains("/health/live", "/health/ready", "/metrics");
        AppConfig.Http anyPort = new AppConfig.Http("127.0.0.1", 0, false, false);
        HttpEndpoint.Sources sources = new HttpEndpoint.Sources(
                () -> "", () -> "{}", () -> true, () -> false, new Recent(false), Optional.empty());
        try (HttpEndpoint endpoint = new HttpEndpoint(anyPort, sources)) {
            for (String page : pages) {
                URI uri = URI.create("http://127.0.0.1:" + endpoint.port() + page);
                HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
                assertThat(connection.getResponseCode()).as(page).isNotEqualTo(404);
            }
            assertThat(healthCheck(endpoint.port(), "/health/live")).isZero();
            assertThat(healthCheck(endpoint.port(), "/health/ready")).isNotZero();
        }
        assertThat(healthCheck(1, "/health/live")).isNotZero();
    }

    private static int healthCheck(int port, String page) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(DEPLOY.resolve("docker/healthcheck.sh").toString(), page);
        builder.environment().put("SMSIEVE_HTTP_PORT", Integer.toString(port));
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    @Test
    void pinsTheVersionsThatTheBuildHas() throws IOException {
        String libtorch = System.getProperty("smsieve.pytorch.version");
        String gpu = Files.readString(DEPLOY.resolve("docker/Dockerfile.gpu"));
        assertThat(gpu)
                .contains("LIBTORCH_VERSION=" + libtorch + "\n", "PYTORCH_VERSION=" + libtorch + " ")
                .containsPattern("LIBTORCH_SHA256=[0-9a-f]{64}\n");
        JsonNode services = yaml(DEPLOY.resolve("compose.yaml")).get(0).get("services");
        assertThat(services.get("kafka").get("image").textValue())
                .isEqualTo("apache/kafka:" + System.getProperty("smsieve.kafka.version"));
        services.forEach(service -> assertThat(service.get("image").textValue()).doesNotEndWith(":latest"));
    }

    @Test
    void opensPortsToThisMachineAlone() throws IOException {
        for (JsonNode service : yaml(DEPLOY.resolve("compose.yaml")).get(0).get("services")) {
            service.get("ports").forEach(port -> assertThat(port.textValue()).startsWith("127.0.0.1:"));
        }
    }

    @Test
    void mountsFilesThatAreThere() throws IOException {
        for (JsonNode service : yaml(DEPLOY.resolve("compose.yaml")).get(0).get("services")) {
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.textValue().split(":", -1)[0];
                if (source.startsWith("./compose/")) {
                    assertThat(DEPLOY.resolve(source)).exists();
                }
            }
        }
        for (Path file : files(KUBERNETES, ".*kustomization\\.yaml")) {
            JsonNode kustomization = yaml(file).get(0);
            for (String list : List.of("resources", "components")) {
                kustomization
                        .path(list)
                        .forEach(entry -> assertThat(file.resolveSibling(entry.textValue()))
                                .exists());
            }
        }
    }

    @Test
    void runsTheContainerWithoutRights() throws IOException {
        JsonNode pod = yaml(KUBERNETES.resolve("base/deployment.yaml")).get(0).at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");
        assertThat(pod.at("/securityContext/runAsNonRoot").booleanValue()).isTrue();
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").booleanValue())
                .isTrue();
        assertThat(container.at("/securityContext/capabilities/drop/0").textValue())
                .isEqualTo("ALL");
        for (String dockerfile : List.of("Dockerfile", "Dockerfile.gpu")) {
            assertThat(Files.readString(DEPLOY.resolve("docker").resolve(dockerfile)))
                    .contains(
                            "\nUSER " + pod.at("/securityContext/runAsUser").intValue() + ":",
                            "\nSTOPSIGNAL SIGTERM\n",
                            "\nHEALTHCHECK ");
        }
    }

    /** An empty selector would be all pods of the namespace; kustomize leaves these two alone. */
    @Test
    void protectsItsOwnPodsAlone() throws IOException {
        JsonNode budget =
                yaml(KUBERNETES.resolve("base/poddisruptionbudget.yaml")).get(0);
        JsonNode policy = yaml(KUBERNETES.resolve("base/networkpolicy.yaml")).get(0);
        assertThat(budget.at("/spec/selector/matchLabels").size()).isEqualTo(1);
        assertThat(policy.at("/spec/podSelector/matchLabels").size()).isEqualTo(1);
    }

    private static List<JsonNode> yaml(Path file) throws IOException {
        YAMLMapper mapper = new YAMLMapper();
        try (MappingIterator<JsonNode> documents =
                mapper.readerFor(JsonNode.class).readValues(file.toFile())) {
            return documents.readAll();
        }
    }

    private static List<Path> files(Path directory, String regex) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(regex))
                    .sorted()
                    .toList();
        }
    }
}
