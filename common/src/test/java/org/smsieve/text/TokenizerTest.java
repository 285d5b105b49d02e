package org.smsieve.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.smsieve.parity.Fixture;

class TokenizerTest {
    private final Tokenizer tokenizer = Tokenizer.gpt2();

    @Test
    void encodesAsTiktokenDoes() throws IOException {
        JsonNode texts = Fixture.json("token-ids.json");
        assertThat(texts.size()).isGreaterThanOrEqualTo(200);
        for (JsonNode expected : texts) {
            String text = expected.get("text").asText();
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(Tokens.of(Fixture.ints(expected.get("ids"))));
        }
    }

    @Test
    void givesBackTheText() throws IOException {
        for (JsonNode expected : Fixture.json("token-ids.json")) {
            String text = expected.get("text").asText();
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void encodesTheBooksExamples() {
        assertThat(tokenizer.encode("This is the first text message"))
                .isEqualTo(Tokens.of(1212, 318, 262, 717, 2420, 3275));
        assertThat(tokenizer.encode("Do you have time")).isEqualTo(Tokens.of(5211, 345, 423, 640));
    }

    @Test
    void readsNoSpecialTokenFromAText() {
        assertThat(tokenizer.encode("<|endoftext|>").toArray()).doesNotContain(Tokenizer.END_OF_TEXT);
    }

    @Test
    void encodesAnUnpairedSurrogateAsAQuestionMark() {
        assertThat(tokenizer.encode("a\ud83db")).isEqualTo(tokenizer.encode("a?b"));
    }
}
