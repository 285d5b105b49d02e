package org.smsieve.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.smsieve.text.Tokens;

/** Checkpoints and expected values made by independent implementations; see src/test/python. */
public final class Fixture {
    private Fixture() {}

    /** The directory of a fixture checkpoint; another module's tests find it in a jar. */
    public static Path checkpoint(String name) {
        try {
            URI uri = Fixture.class.getResource(name).toURI();
            if (uri.getScheme().equals("jar")) {
                return jar(uri).provider().getPath(uri);
            }
            return Path.of(uri);
        } catch (URISyntaxException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FileSystem jar(URI uri) throws IOException {
        try {
            return FileSystems.newFileSystem(uri, Map.of());
        } catch (FileSystemAlreadyExistsException e) {
            return FileSystems.getFileSystem(uri);
        }
    }

    /** The JSON file {@code name} beside this class. */
    public static JsonNode json(String name) throws IOException {
        try (InputStream in = Fixture.class.getResourceAsStream(name)) {
            return new JsonMapper().readTree(in);
        }
    }

    /** An array of arrays of token ids. */
    public static List<Tokens> sequences(JsonNode array) {
        List<Tokens> sequences = new ArrayList<>();
        for (JsonNode sequence : array) {
            sequences.add(Tokens.of(ints(sequence)));
        }
        return sequences;
    }

    /** An array of whole numbers. */
    public static int[] ints(JsonNode array) {
        int[] ints = new int[array.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = array.get(i).intValue();
        }
        return ints;
    }

    /** All numbers in an array, however deeply nested, in their order. */
    public static float[] floats(JsonNode array) {
        List<Float> found = new ArrayList<>();
        collect(array, found);
        float[] floats = new float[found.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = found.get(i);
        }
        return floats;
    }

    private static void collect(JsonNode node, List<Float> found) {
        if (node.isNumber()) {
            found.add(node.floatValue());
        }
        for (JsonNode element : node) {
            collect(element, found);
        }
    }
}
