package org.smsieve.app.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.Cluster;
import org.smsieve.app.fixture.FakeClassifier;
import org.smsieve.app.fixture.FakeLoader;
import org.smsieve.app.fixture.Prometheus;
import org.smsieve.app.stream.StreamsApp;
import org.smsieve.app.swap.SwapEvent;
import org.smsieve.app.swap.SwapEvent.Outcome;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.fixture.Programs;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.Registry;

/** A Prometheus that scrapes the app has what the dashboards and the rules ask it for. */
@Timeout(120)
class DashboardsIT {
    private static final Path DEPLOY = Path.of("../deploy");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TEST = "dashboards";
    private static final JsonMapper JSON = new JsonMapper();

    /** What Grafana itself puts in where it shows a day or two: its windows hold all that the test does. */
    private static final Map<String, String> ZOOM =
            Map.of("__interval", "2m", "__rate_interval", "2m15s", "__range", "2d");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

    /** What is no metric in a rule, for all its letters: durations, and clauses with lists of labels. */
    private static final Pattern NO_METRICS =
            Pattern.compile("\\[[^]]*]|\\b(by|without|on|ignoring|group_left|group_right) *\\([^)]*\\)");

    /** A name that is no function's and no operator's, with its matchers. */
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:])(?!(?:and|or|unless|offset|bool)\\b)[a-zA-Z_:][\\w:]*+(?! *\\()(\\{[^}]*})?");

    @TempDir
    private Path directory;

    private final List<SwapEvent> events = new CopyOnWriteArrayList<>();

    /** What is asked for, and where. */
    private record Query(String place, String expression) {}

    @Test
    void findWhatTheyAskFor() throws Exception {
        Path executable = Programs.require("prometheus", "prometheus");
        FakeLoader loader = new FakeLoader(() -> new FakeClassifier(Duration.ofMillis(1)));
        try (Cluster cluster = new Cluster()) {
            cluster.createTopics(TEST);
            try (StreamsApp app =
                            StreamsApp.start(cluster.reader(TEST).read(), loader.configured(), loader, events::add);
                    Prometheus prometheus = new Prometheus(executable, directory, config(app.httpPort()))) {
                // Only what happens after the first scrape is an increase.
                await().atMost(LIMIT)
                        .until(() -> problems(prometheus, List.of(new Query("", "count(smsieve_model) == 2")))
                                .isEmpty());

                useAll(cluster);

                await().atMost(LIMIT).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
                    List<Query> queries = new ArrayList<>(dashboards(prometheus));
                    // There is no number on a CPU.
                    assertThat(queries.removeIf(query -> query.place().endsWith("\"GPU memory\"")))
                            .isTrue();
                    queries.addAll(rules(prometheus));
                    assertThat(problems(prometheus, queries)).isEmpty();
                });
            }
        }
    }

    /** The app under two names, as two instances: queries have to match their series one by one. */
    private static String config(int port) throws IOException {
        return """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: smsieve
                    static_configs: [{targets: ['127.0.0.1:%2$d', 'localhost:%2$d']}]
                """.formatted(DEPLOY.resolve("prometheus/smsieve.rules.yml").toRealPath(), port);
    }

    /** Has messages labelled and not, one model swapped in, one refused and one as a shadow. */
    private void useAll(Cluster cluster) throws Exception {
        // The JVM tells of collections from the first one on.
        System.gc();
        send(cluster);
        Registry registry = new Registry(directory.resolve("registry"), Optional.empty());
        Path first = TinyBundle.of("tiny", "1", 1).write(directory.resolve("first"));
        Announcement served = registry.add(first).announcement(Instant.now());
        announce(cluster, served, Outcome.SWAPPED);
        Path wrong = TinyBundle.of("tiny", "2", 2).writeWithWrongLogits(directory.resolve("wrong"));
        announce(cluster, registry.add(wrong).announcement(Instant.now()), Outcome.REFUSED);
        Path other = TinyBundle.of("tiny", "3", 3).write(directory.resolve("other"));
        Announcement shadow = registry.add(other).announcement(Instant.now()).asShadow(1.0, null, served);
        announce(cluster, shadow, Outcome.SHADOWED);
        send(cluster);
    }

    private static void send(Cluster cluster) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int number = 0; number < 100; number++) {
            byte[] value = number % 10 == 0 ? new byte[] {(byte) 0xff} : ("message " + number).getBytes(UTF_8);
            records.add(new ProducerRecord<>(TEST + "-inbound", number % Cluster.PARTITIONS, null, value));
        }
        cluster.send(records);
    }

    private void announce(Cluster cluster, Announcement model, Outcome outcome) {
        cluster.modelTopics(TEST).announce(model, LIMIT);
        await().atMost(LIMIT)
                .until(() -> events.stream()
                        .anyMatch(event ->
                                event.outcome() == outcome && event.model().equals(model.model())));
    }

    /** The queries of all panels and annotations, as Grafana sends them with its variables at their defaults. */
    private static List<Query> dashboards(Prometheus prometheus) throws Exception {
        List<Query> queries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(DEPLOY.resolve("grafana"), "*.json")) {
            for (Path file : files) {
                JsonNode dashboard = JSON.readTree(file.toFile());
                String title = dashboard.get("title").textValue();
                Map<String, String> variables = variables(prometheus, title, dashboard.at("/templating/list"));
                int before = queries.size();
                for (JsonNode panel : dashboard.findParents("targets")) {
                    for (JsonNode target : panel.get("targets")) {
                        queries.add(new Query(title + ": " + panel.get("title"), expression(target, variables)));
                    }
                }
                for (JsonNode annotation : dashboard.at("/annotations/list")) {
                    queries.add(new Query(title + ": " + annotation.get("name"), expression(annotation, variables)));
                }
                assertThat(queries.size() - before)
                        .as("queries of " + title)
                        .isEqualTo(dashboard.findValues("expr").size());
            }
        }
        assertThat(queries).isNotEmpty();
        return queries;
    }

    private static String expression(JsonNode node, Map<String, String> variables) {
        return filled(node.get("expr").textValue(), variables);
    }

    private static String filled(String text, Map<String, String> variables) {
        return VARIABLE.matcher(text)
                .replaceAll(variable ->
                        Matcher.quoteReplacement(variables.getOrDefault(variable.group(1), variable.group())));
    }

    /** Of a dashboard's variables the first value, or all; one may refer to those before. */
    private static Map<String, String> variables(Prometheus prometheus, String title, JsonNode list) throws Exception {
        Map<String, String> variables = new HashMap<>(ZOOM);
        for (JsonNode variable : list) {
            if (variable.get("type").textValue().equals("query")) {
                String name = variable.get("name").textValue();
                String query = filled(variable.get("query").textValue(), variables);
                Matcher labelValues = LABEL_VALUES.matcher(query);
                assertThat(labelValues.matches()).as(query).isTrue();
                JsonNode answer = prometheus.labelValues(labelValues.group(2), labelValues.group(1));
                List<String> values = new ArrayList<>();
                answer.path("data").forEach(value -> values.add(value.textValue()));
                assertThat(values)
                        .as(title + ": $" + name + ": " + query + ": " + answer)
                        .isNotEmpty();
                variables.put(name, variable.path("includeAll").booleanValue() ? anyOf(values) : values.get(0));
            }
        }
        return variables;
    }

    /** As Grafana writes several values: a regular expression, in a string of PromQL. */
    private static String anyOf(List<String> values) {
        return values.stream()
                .map(value -> value.replaceAll("[\\\\^$.*+?()|{}\\[\\]]", "\\\\\\\\$0"))
                .collect(Collectors.joining("|", "(", ")"));
    }

    /** Whether there is what the rules select: the alerts themselves have no result where all is well. */
    private static List<Query> rules(Prometheus prometheus) throws Exception {
        List<Query> queries = new ArrayList<>();
        for (JsonNode rule : prometheus.rules().findParents("health")) {
            String name = rule.get("name").textValue();
            assertThat(rule.get("health").textValue())
                    .as(name + ": " + rule.path("lastError"))
                    .isEqualTo("ok");
            String expression =
                    NO_METRICS.matcher(rule.get("query").textValue()).replaceAll("");
            SELECTOR.matcher(expression)
                    .results()
                    .forEach(found -> queries.add(new Query(name, "count(" + found.group() + ")")));
        }
        assertThat(queries).isNotEmpty();
        return queries;
    }

    /** What Prometheus does not take, and what it has no number for. */
    private static List<String> problems(Prometheus prometheus, List<Query> queries) throws Exception {
        List<String> problems = new ArrayList<>();
        for (Query query : queries) {
            JsonNode answer = prometheus.query(query.expression());
            List<String> values = new ArrayList<>();
            answer.at("/data/result")
                    .forEach(series -> values.add(series.at("/value/1").textValue()));
            if (values.stream().allMatch("NaN"::equals)) {
                problems.add(query.place() + ": " + query.expression() + ": "
                        + answer.path("error").asText(values.isEmpty() ? "no series" : "no numbers"));
            }
        }
        return problems;
    }
}
