package org.smsieve.app.model;

import java.io.IOException;
import org.smsieve.bundle.Bundle;
import org.smsieve.classifier.BatchClassifier;

/** Makes classifiers of bundles. */
public interface ModelLoader {
    /**
     * Loads a bundle, beside others that are in use, and makes sure that it computes what its trainer saw.
     *
     * @return the classifier, warmed up; the caller closes it
     * @throws IOException if its weights cannot be read
     * @throws RuntimeException if it fails a check; the message says which
     */
    BatchClassifier load(Bundle bundle) throws IOException;

    /** Opens the model that the settings name, which serves where none is announced; as above. */
    BatchClassifier configured();
}
