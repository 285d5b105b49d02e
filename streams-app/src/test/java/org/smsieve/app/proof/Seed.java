package org.smsieve.app.proof;

import java.util.Random;

/** Where the randomness of the proofs comes from: a new seed each run, or that of {@code -Dsmsieve.proof.seed}. */
final class Seed {
    static final long VALUE = Long.getLong("smsieve.proof.seed", new Random().nextInt(1_000_000));

    static {
        // At once: a proof that fails has no line of figures.
        System.out.println("seed of the proofs: -Dsmsieve.proof.seed=" + VALUE);
    }

    private Seed() {}

    /** The randomness of one test, the same whatever other tests run. */
    static Random random(String test) {
        return new Random(31 * VALUE + test.hashCode());
    }
}
