package org.smsieve.app.proof;

/** How long the proofs run: minutes in CI, hours where the environment variable {@code SMSIEVE_SOAK} is set. */
final class Scale {
    static final boolean SOAK = System.getenv("SMSIEVE_SOAK") != null;

    private Scale() {}

    /** One number for CI and one for the soak. */
    static int of(int ci, int soak) {
        return SOAK ? soak : ci;
    }
}
