package org.smsieve.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.command.UserException;

class RegistryTest {
    @TempDir
    private Path directory;

    private Registry registry() {
        return new Registry(directory.resolve("registry"), Optional.empty());
    }

    private Path bundle(String name, String version, long seed) throws IOException {
        return TinyBundle.of(name, version, seed).write(directory.resolve(name + version + seed));
    }

    @Test
    void keepsBundlesByNameAndVersion() throws IOException {
        assertThat(registry().bundles()).isEmpty();
        registry().add(bundle("sms", "2", 2));
        registry().add(bundle("sms", "10", 1));
        registry().add(bundle("other", "1", 3));

        assertThat(registry().bundles())
                .extracting(stored -> stored.manifest().model())
                .as("by name, the oldest first")
                .containsExactly("other@1", "sms@10", "sms@2");
        StoredBundle found = registry().find("sms", "2").orElseThrow();
        assertThat(Bundle.open(found.directory()).manifest().model()).isEqualTo("sms@2");
        assertThat(found.location())
                .isEqualTo(directory.resolve("registry/sms/2").toUri().toString());
        assertThat(found.announcement(Instant.EPOCH).address()).hasScheme("file");
        assertThat(registry().find("sms", "3")).isEmpty();
        assertThat(registry().find("..", "sms")).isEmpty();
        assertThat(registry().find("\0", "sms")).isEmpty();
    }

    @Test
    void takesTheSameBundleTwiceAndNoOtherOfItsVersion() throws IOException {
        StoredBundle first = registry().add(bundle("sms", "1", 1));

        assertThat(registry().add(bundle("sms", "1", 1)).sha256()).isEqualTo(first.sha256());
        assertThatThrownBy(() -> registry().add(bundle("sms", "1", 2)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds another bundle of that name and version");
        assertThat(registry().find("sms", "1").orElseThrow().sha256()).isEqualTo(first.sha256());
    }

    @Test
    void leavesNothingOfABundleThatIsNotSound() throws IOException {
        Path damaged = bundle("sms", "1", 1);
        Files.writeString(damaged.resolve(Bundle.CARD_FILE), "another card");
        Path none = Files.createDirectory(directory.resolve("none"));

        assertThatThrownBy(() -> registry().add(damaged)).isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> registry().add(none)).isInstanceOf(UserException.class);
        assertThat(directory.resolve("registry")).doesNotExist();
    }

    @Test
    void leavesOutWhatIsNoBundle() throws IOException {
        registry().add(bundle("sms", "1", 1));
        Files.createDirectories(directory.resolve("registry/sms/.2.partial"));
        Files.createDirectories(directory.resolve("registry/sms/3"));
        Files.writeString(
                Files.createDirectories(directory.resolve("registry/sms/4")).resolve("smsieve.json"), "{");
        Files.writeString(directory.resolve("registry/notes.txt"), "mine");

        assertThat(registry().bundles())
                .extracting(stored -> stored.manifest().version())
                .containsExactly("1");
    }

    @Test
    void isServedByAnyHttpServer() throws IOException {
        Registry served =
                new Registry(directory.resolve("registry"), Optional.of(URI.create("https://models.example/sms/")));

        assertThat(served.add(bundle("sms", "1", 1)).location()).isEqualTo("https://models.example/sms/sms/1/");
    }

    @Test
    void tellsWhichPlaceCannotBeWritten() throws IOException {
        Files.writeString(directory.resolve("registry"), "a file");
        Path sound = bundle("sms", "1", 1);

        assertThatThrownBy(() -> registry().add(sound))
                .isInstanceOfAny(UserException.class, IOException.class)
                .hasMessageContaining(directory.resolve("registry").toString());
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(directory.resolve("registry"), sound);
        }
    }
}
