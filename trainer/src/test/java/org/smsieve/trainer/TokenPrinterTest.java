package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

class TokenPrinterTest {
    private final Tokenizer tokenizer = Tokenizer.gpt2();
    private final StringWriter out = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {" forward.\n\nThe first step", "早上好 🎉🏡🔑", "é", "a\uFFFDb\uFFFD", ""})
    void printsWholeCharactersOnly(String text) {
        Tokens tokens = tokenizer.encode(text);
        try (TokenPrinter printer = new TokenPrinter(tokenizer, new PrintWriter(out))) {
            for (int i = 0; i < tokens.length(); i++) {
                printer.print(tokens.id(i));

                assertThat(text).startsWith(out.toString());
            }
        }

        assertThat(out).hasToString(text);
    }

    @Test
    void showsBytesThatAreNoCharacter() {
        Tokens party = tokenizer.encode("🎉");
        Tokens word = tokenizer.encode("party");
        try (TokenPrinter printer = new TokenPrinter(tokenizer, new PrintWriter(out))) {
            printer.print(party.id(0));
            assertThat(out.toString()).isEmpty();
            printer.print(word.id(0));
            assertThat(out.toString()).matches("\uFFFD+party");
            printer.print(party.id(0));
        }

        assertThat(out.toString()).matches("\uFFFD+party\uFFFD+");
    }
}
