package org.smsieve.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smsieve.command.UserException;

class SiteTest {
    @ParameterizedTest
    @CsvSource({
        "'', https://example.org/a+b.zip",
        "http://127.0.0.1:8080, http://127.0.0.1:8080/a+b.zip",
        "https://mirror.example/uci/, https://mirror.example/uci/a+b.zip"
    })
    void isTheMirrorOrTheUsualOne(String mirror, URI expected) {
        assertThat(Site.of(Map.of("MIRROR", mirror), "MIRROR", "https://example.org")
                        .at("/a+b.zip"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mirror.example",
                "ftp://mirror.example",
                "https://",
                "https://a b",
                "https://a?b",
                "https://a#b",
                "file:///x",
                "http://my_cache:8080",
                "http://cache/50%",
                "http://cache:65536"
            })
    void refusesWhatIsNoAddress(String mirror) {
        assertThatThrownBy(() -> Site.of(Map.of("MIRROR", mirror), "MIRROR", "https://example.org"))
                .isInstanceOf(UserException.class)
                .hasMessage("MIRROR: " + mirror + " (expected: an address such as https://example.org)");
    }
}
