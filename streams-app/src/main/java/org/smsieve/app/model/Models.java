package org.smsieve.app.model;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import org.smsieve.app.config.AppConfig;
import org.smsieve.bundle.Bundle;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.command.UserException;

/** Opens models: the one built in, which is a bundle among the resources, or a bundle's directory. */
public final class Models {
    private static final String BUILT_IN = "smsieve.json";

    private Models() {}

    /**
     * Opens the model that the settings name.
     *
     * @return the classifier; the caller closes it
     * @throws UserException if the bundle cannot be opened
     */
    public static BatchClassifier open(AppConfig.Model model) {
        Path directory = model.bundle().orElse(null);
        try {
            return directory == null
                    ? openBuiltIn(model)
                    : Gpt2Classifier.open(Bundle.open(directory), model.compute());
        } catch (CheckpointException | IOException e) {
            String name = directory == null ? "the model built in" : "model: " + directory;
            throw new UserException(name + ": cannot be opened (" + e.getMessage() + ")", e);
        }
    }

    private static BatchClassifier openBuiltIn(AppConfig.Model model) throws IOException {
        try {
            URI manifest = Models.class.getResource(BUILT_IN).toURI();
            if (manifest.getScheme().equals("file")) {
                return Gpt2Classifier.open(Bundle.open(Path.of(manifest).getParent()), model.compute());
            }
            try (FileSystem jar = FileSystems.newFileSystem(manifest, Map.of())) {
                Path directory = jar.provider().getPath(manifest).getParent();
                return Gpt2Classifier.open(Bundle.open(directory), model.compute());
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
