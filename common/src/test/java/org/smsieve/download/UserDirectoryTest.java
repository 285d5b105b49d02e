package org.smsieve.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserDirectoryTest {
    private static final Path HOME = Path.of("/home/ann");

    @ParameterizedTest
    @CsvSource({
        "Linux, XDG_CACHE_HOME, '', /home/ann/.cache/smsieve",
        "Linux, XDG_CACHE_HOME, /var/cache/ann, /var/cache/ann/smsieve",
        "Linux, XDG_CACHE_HOME, relative, /home/ann/.cache/smsieve",
        "FreeBSD, LOCALAPPDATA, /data, /home/ann/.cache/smsieve",
        "Mac OS X, XDG_CACHE_HOME, /var/cache/ann, /home/ann/Library/Caches/smsieve",
        "Windows 11, LOCALAPPDATA, /data, /data/smsieve",
        "Windows 11, XDG_CACHE_HOME, /var/cache/ann, /home/ann/AppData/Local/smsieve",
        "Linux, SMSIEVE_CACHE, /big/disk, /big/disk",
        "Windows 11, SMSIEVE_CACHE, /big/disk, /big/disk",
        "Mac OS X, SMSIEVE_CACHE, '', /home/ann/Library/Caches/smsieve"
    })
    void isWhereTheSystemKeepsSuchFiles(String system, String variable, String value, Path expected) {
        assertThat(UserDirectory.CACHE.path(Map.of(variable, value), system, HOME))
                .isEqualTo(expected);
    }

    @Test
    void isWhereTheVariableSaysBeforeAnythingElse() {
        Map<String, String> both = Map.of("SMSIEVE_CACHE", "/big/disk", "XDG_CACHE_HOME", "/var/cache/ann");

        assertThat(UserDirectory.CACHE.path(both, "Linux", HOME)).isEqualTo(Path.of("/big/disk"));
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, XDG_DATA_HOME, '', /home/ann/.local/share/smsieve",
        "Linux, XDG_DATA_HOME, /data/ann, /data/ann/smsieve",
        "Linux, SMSIEVE_CACHE, /big/disk, /home/ann/.local/share/smsieve",
        "Mac OS X, SMSIEVE_CACHE, /big/disk, /home/ann/Library/Application Support/smsieve",
        "Windows 11, LOCALAPPDATA, /data, /data/smsieve"
    })
    void keepsDataElsewhereThanWhatCanBeFetchedAgain(String system, String variable, String value, Path expected) {
        assertThat(UserDirectory.DATA.path(Map.of(variable, value), system, HOME))
                .isEqualTo(expected);
    }
}
