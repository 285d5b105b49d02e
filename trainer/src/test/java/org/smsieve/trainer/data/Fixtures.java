package org.smsieve.trainer.data;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the tests of this package share. */
final class Fixtures {
    private Fixtures() {}

    /** What {@code src/test/python/make_as_book_split.py} wrote. */
    static JsonNode json(String name) {
        try (InputStream resource = Fixtures.class.getResourceAsStream(name)) {
            return new ObjectMapper().readTree(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The SMS Spam Collection where {@code SMSIEVE_DATA} says; without it a test is skipped, in CI it fails. */
    static Path smsSpamCollection() {
        String named = System.getenv("SMSIEVE_DATA");
        Path file = named == null ? Path.of("../../shared/data/SMSSpamCollection.tsv") : Path.of(named);
        if (!Files.exists(file)) {
            String missing = file.toAbsolutePath().normalize()
                    + " is missing (expected: the SMS Spam Collection); set SMSIEVE_DATA to where it is";
            if ("true".equals(System.getenv("CI"))) {
                fail(missing);
            }
            abort(missing);
        }
        return file;
    }

    /** A file in UTF-8. */
    static Path write(Path directory, String name, String content) {
        try {
            return Files.write(directory.resolve(name), content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Example ham(String text) {
        return new Example("ham", text);
    }

    static Example spam(String text) {
        return new Example("spam", text);
    }

    /** {@code n} different messages of one label. */
    static List<Example> many(int n, String label) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            examples.add(new Example(label, label + " " + i));
        }
        return examples;
    }

    @SafeVarargs
    static Dataset dataset(List<Example>... examples) {
        List<Example> all = new ArrayList<>();
        for (List<Example> some : examples) {
            all.addAll(some);
        }
        List<String> labels = Labels.ordered(all.stream().map(Example::label).toList());
        return new Dataset(new Source("test.tsv", "0".repeat(64)), labels, all);
    }
}
