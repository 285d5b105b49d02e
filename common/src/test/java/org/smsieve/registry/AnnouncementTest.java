package org.smsieve.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncementTest {
    private static final String SHA256 = "0123456789abcdef".repeat(4);
    private static final Announcement SERVED = Announcement.serve(
            "sms",
            "1",
            "file:///registry/sms/1/",
            SHA256,
            Map.of("test", Map.of("accuracy", 0.99)),
            Instant.ofEpochSecond(1_700_000_000));

    @Test
    void readsWhatItWrites() {
        Announcement shadow = SERVED.asShadow(0.1, new PromotionRule(1000, 0.98, 1.5), SERVED);

        assertThat(Announcement.parse(SERVED.toJson())).isEqualTo(SERVED);
        assertThat(Announcement.parse(shadow.toJson())).isEqualTo(shadow);
        assertThat(new String(shadow.toJson(), UTF_8)).contains("\"mode\":\"shadow\",\"fraction\":0.1");
    }

    @Test
    void needsFiveFieldsAndIgnoresUnknownOnes() {
        String json = """
                {"name":"sms","version":"1","location":"https://models.example/sms/1","sha256":"%s","later":[1]}""".formatted(SHA256);

        Announcement announcement = Announcement.parse(json.getBytes(UTF_8));

        assertThat(announcement.model()).isEqualTo("sms@1");
        assertThat(announcement.mode()).isEqualTo(Announcement.Mode.SERVE);
        assertThat(announcement.metrics()).isEmpty();
        assertThat(announcement.time()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"name\":\"sms\"     | \"name\":\"../sms\"      | name: ../sms",
                "\"name\":\"sms\"     | \"name\":null            | name: null",
                "\"version\":\"1\"    | \"version\":\"a/b\"      | version: a/b",
                "\"version\":\"1\"    | \"version\":\"\\n\"      | version:",
                "file:///registry     | ftp://host               | location: ftp:",
                "file:///registry     | relative                 | location: relative",
                "file:///registry     | https://user:secret@host | location:",
                "file:///registry     | https://host/?token=x    | location:",
                "file:///registry     | file://other/share       | location:",
                "0123456789abcdef     | 0123456789ABCDEF         | sha256:",
                "\"mode\":\"serve\"   | \"mode\":\"serves\"      | mode: serves",
                "\"mode\":\"serve\"   | \"mode\":\"shadow\"      | fraction: null",
                "\"mode\":\"serve\"   | \"mode\":\"shadow\",\"fraction\":0 | fraction: 0.0",
                "\"mode\":\"serve\"   | \"fraction\":0.5         | fraction",
                "\"mode\":\"serve\"   | \"mode\":\"shadow\",\"fraction\":1,\"promoteAfter\":{\"records\":0} | promoteAfter",
                "\"mode\":\"serve\"   | \"mode\":3               | mode"
            })
    void refusesWhatCouldNotBeTaken(String part, String other, String reason) {
        String valid = new String(SERVED.toJson(), UTF_8);
        assertThat(valid).contains(part);

        assertThatThrownBy(() -> Announcement.parse(valid.replace(part, other).getBytes(UTF_8)))
                .isInstanceOf(AnnouncementException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "{", "{\"name\":{}}", "{} {}", "\u0000"})
    void refusesWhatIsNone(String value) {
        assertThatThrownBy(() -> Announcement.parse(value.getBytes(UTF_8))).isInstanceOf(AnnouncementException.class);
    }

    @Test
    void refusesAHugeOneAndADeepOne() {
        assertThatThrownBy(() -> Announcement.parse(new byte[2 << 20])).hasMessageContaining("2097152 bytes");
        assertThatThrownBy(() -> Announcement.parse(("{\"metrics\":" + "[".repeat(100_000)).getBytes(UTF_8)))
                .isInstanceOf(AnnouncementException.class);
    }
}
