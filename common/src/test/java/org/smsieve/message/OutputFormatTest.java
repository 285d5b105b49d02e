package org.smsieve.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.Inbound.Message;

class OutputFormatTest {
    private static final String CLASSIFICATION = """
            {"label":"spam","scores":{"ham":0.012346,"spam":0.987654},"model":"sms-mini@1","tokens":24,"truncated":false}""";

    private static Verdict verdict() {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("ham", 0.0123456);
        scores.put("spam", 0.9876544);
        return new Verdict("spam", scores, "sms-mini@1", 24, false);
    }

    private static String classified(String json) {
        InputFormat format = new InputFormat.Json(JsonPointer.compile("/text"));
        byte[] original = json.getBytes(UTF_8);
        Message message = (Message) new InboundReader(format, 10_000).read(original);
        return new String(OutputFormat.JSON.value(original, message, verdict()), UTF_8);
    }

    @Test
    void writesATextWithItsVerdictInTheOrderOfTheFormat() {
        byte[] value = OutputFormat.JSON.value("Win!".getBytes(UTF_8), Message.ofText("Win!"), verdict());

        assertThat(new String(value, UTF_8)).isEqualTo("{\"text\":\"Win!\"," + CLASSIFICATION.substring(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\"\\/\b\f\n\r\t\u0000\u001f\u007f", "\u2028\u2029", "🎉漢\uFEFF", "</script>", "\uFFFD"})
    void writesEveryCharacterSoThatItReadsBack(String text) throws IOException {
        byte[] value = OutputFormat.JSON.value(text.getBytes(UTF_8), Message.ofText(text), verdict());

        JsonNode read = new ObjectMapper().readTree(value);
        assertThat(read.get("text").textValue()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"text\":\"hi\"}                         | {\"text\":\"hi\",\"classification\":@}",
                "{ \"text\" : \"hi\" , \"n\" : 1e400 }     | { \"text\" : \"hi\" , \"n\" : 1e400 ,\"classification\":@}",
                "{\"n\":1.10,\"n\":2,\"text\":\"\\u0041é\"} | {\"n\":1.10,\"n\":2,\"text\":\"\\u0041é\",\"classification\":@}",
                "{\"text\":\"hi\",\"a\":{\"classification\":1}} | {\"text\":\"hi\",\"a\":{\"classification\":1},\"classification\":@}"
            })
    void addsTheVerdictToAJsonInputKeptAsItCame(String input, String output) {
        assertThat(classified(input)).isEqualTo(output.replace("@", CLASSIFICATION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":[1]}", "\"old\"", "12", "1.5", "null", "[{},\"}\"]", "{}"})
    void replacesAnEarlierVerdictWhereItStands(String earlier) {
        String input = "{ \"classification\" : " + earlier + " , \"text\":\"hi\"}";

        assertThat(classified(input)).isEqualTo("{ \"classification\" : " + CLASSIFICATION + " , \"text\":\"hi\"}");
        assertThat(classified("{\"text\":\"hi\",\"classification\":" + earlier + "}"))
                .isEqualTo("{\"text\":\"hi\",\"classification\":" + CLASSIFICATION + "}");
    }

    @Test
    void passesTheInputThrough() {
        byte[] original = {1, 2, 3};

        assertThat(OutputFormat.PASSTHROUGH.value(original, Message.ofText("hi"), verdict()))
                .isSameAs(original);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.000000",
        "1, 1.000000",
        "0.5, 0.500000",
        "1e-9, 0.000000",
        "0.9999999, 1.000000",
        "0.0000015, 0.000002"
    })
    void writesProbabilitiesWithSixDecimals(double probability, String text) {
        assertThat(Probability.format(probability)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesWhatIsNoProbability(double number) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Probability.format(number)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsAnyTextOnOneLine() {
        assertThat(OneLine.of("a\tb\r\nc\u001b[31m\u2028é🎉\\n")).isEqualTo("a\\tb\\r\\nc\\u001b[31m\\u2028é🎉\\n");
    }
}
