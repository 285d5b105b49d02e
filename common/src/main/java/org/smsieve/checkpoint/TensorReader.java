package org.smsieve.checkpoint;

import java.io.IOException;

/** Gives a tensor by name. */
interface TensorReader {
    /** The tensor, which may be read from a file or computed for this call. */
    Tensor read(String name) throws IOException;
}
