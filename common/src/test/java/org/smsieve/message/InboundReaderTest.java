package org.smsieve.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.message.Inbound.Message;
import org.smsieve.message.Inbound.Unreadable;

class InboundReaderTest {
    private static final InboundReader TEXT = new InboundReader(new InputFormat.Text(), 100);

    private static InboundReader json(String pointer) {
        return new InboundReader(new InputFormat.Json(JsonPointer.compile(pointer)), 100_000);
    }

    private static DeadLetterReason reason(Inbound inbound) {
        assertThat(inbound).isInstanceOf(Unreadable.class);
        return ((Unreadable) inbound).reason();
    }

    private static String text(Inbound inbound) {
        assertThat(inbound).isInstanceOf(Message.class);
        return ((Message) inbound).text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hi", "{\"text\":1}", "héllo 🎉 漢字", "\u0000\n\t", "\uFEFFwith a mark"})
    void readsAnyUtf8AsText(String text) {
        assertThat(TEXT.read(text.getBytes(UTF_8))).isEqualTo(Message.ofText(text));
    }

    @Test
    void hasNoMessageWithoutAValue() {
        assertThat(reason(TEXT.read(null))).isEqualTo(DeadLetterReason.NULL_VALUE);
    }

    @Test
    void readsValuesUpToTheLimit() {
        assertThat(text(TEXT.read(new byte[100]))).hasSize(100);
        assertThat(reason(TEXT.read(new byte[101]))).isEqualTo(DeadLetterReason.TOO_LARGE);
    }

    @ParameterizedTest
    @CsvSource({
        "FF, 0", // never in UTF-8
        "4142C3, 2", // cut short
        "41C0AF, 1", // overlong
        "EDA080, 0", // a surrogate
        "41F4908080, 1", // beyond U+10FFFF
        "80, 0" // a continuation on its own
    })
    void refusesWhatIsNotUtf8AndSaysWhere(String hex, int position) {
        byte[] value = java.util.HexFormat.of().parseHex(hex);

        Inbound inbound = TEXT.read(value);

        assertThat(reason(inbound)).isEqualTo(DeadLetterReason.NOT_UTF8);
        assertThat(((Unreadable) inbound).detail()).startsWith("byte " + position + " ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/text     | {\"text\":\"hi\"}                            | hi",
                "/text     | {\"a\":{\"text\":\"no\"},\"text\":\"hi\",\"b\":[1]} | hi",
                "/sms/body | {\"sms\":{\"to\":[1],\"body\":\"hi\"}}       | hi",
                "/0/text   | {\"0\":{\"text\":\"hi\"}}                    | hi",
                "/m/1/t    | {\"m\":[{\"t\":\"no\"},{\"t\":\"hi\"}]}      | hi",
                "/a~1b     | {\"a/b\":\"hi\"}                             | hi",
                "/text     | {\"text\":\"one\",\"text\":\"two\"}          | two",
                "/text     | {\"text\":\"\\u0041\\ud83c\\udf89\"}         | A🎉",
                "/text     |   {  \"text\" : \"hi\"  }                    | hi",
                "/text     | {\"n\":1e400,\"m\":1.10,\"text\":\"hi\"}     | hi"
            })
    void findsTheTextInJson(String pointer, String value, String text) {
        assertThat(text(json(pointer).read(value.getBytes(UTF_8)))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                        | MALFORMED_JSON",
                "'   '                     | MALFORMED_JSON",
                "hello                     | MALFORMED_JSON",
                "\"text\"                  | MALFORMED_JSON",
                "[{\"text\":\"hi\"}]       | MALFORMED_JSON",
                "{\"text\":\"hi\"          | MALFORMED_JSON",
                "{\"text\":\"hi\",}        | MALFORMED_JSON",
                "{\"text\":\"hi\"} x       | MALFORMED_JSON",
                "{\"text\":\"hi\"}{}       | MALFORMED_JSON",
                "{\"text\":\"hi\",\"a\":01}| MALFORMED_JSON",
                "{\"text\":\"hi\",\"a\":NaN}| MALFORMED_JSON",
                "{'text':'hi'}             | MALFORMED_JSON",
                "{\"text\":\"\\x\"}        | MALFORMED_JSON",
                "{}                        | MISSING_TEXT",
                "{\"body\":\"hi\"}         | MISSING_TEXT",
                "{\"a\":{\"text\":\"hi\"}} | MISSING_TEXT",
                "{\"text\":null}           | TEXT_NOT_A_STRING",
                "{\"text\":1}              | TEXT_NOT_A_STRING",
                "{\"text\":{\"text\":\"hi\"}}| TEXT_NOT_A_STRING"
            },
            quoteCharacter = '§')
    void refusesJsonWithoutTheText(String value, DeadLetterReason reason) {
        String json = value.replace("''", "").replace("'   '", "   ");

        assertThat(reason(json("/text").read(json.getBytes(UTF_8)))).isEqualTo(reason);
    }

    @Test
    void refusesJsonNestedTooDeeply() {
        String value = "{\"text\":\"hi\",\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";

        assertThat(reason(json("/text").read(value.getBytes(UTF_8)))).isEqualTo(DeadLetterReason.MALFORMED_JSON);
    }

    @Test
    void readsNumbersAndNamesOfAnyLength() {
        String value = "{\"n\":" + "9".repeat(5_000) + ",\"" + "x".repeat(60_000) + "\":1,\"text\":\"hi\"}";

        assertThat(text(json("/text").read(value.getBytes(UTF_8)))).isEqualTo("hi");
    }

    @Test
    void doesNotQuoteTheMessageInItsReason() {
        Unreadable unreadable = (Unreadable) json("/text").read("{\"text\": secret}".getBytes(UTF_8));

        assertThat(unreadable.detail()).doesNotContain("secret").contains("character");
        assertThat(Message.ofText("secret").toString()).doesNotContain("secret");
    }

    @Test
    void refusesAPointerToTheWholeValue() {
        assertThatThrownBy(() -> json("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void answersWhateverTheBytes() {
        Random random = new Random(7);
        byte[] seed = "{\"text\":\"hi\",\"a\":[1,{\"b\":null}],\"classification\":{}}".getBytes(UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] value = seed.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                value[random.nextInt(value.length)] = (byte) random.nextInt(256);
            }

            Inbound inbound = json("/text").read(value);

            if (inbound instanceof Unreadable unreadable) {
                assertThat(unreadable.reason()).isNotEqualTo(DeadLetterReason.DEFECT);
            }
        }
    }
}
