package org.smsieve.trainer.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The random numbers of numpy's {@code RandomState}, as far as permutations need them. They are the same on every
 * machine and in every Java version, and let a split made by pandas be made again here. Not safe for use by several
 * threads.
 *
 * <p>The generator is MT19937 with the 2002 seeding {@code init_genrand}: M. Matsumoto and T. Nishimura, "Mersenne
 * Twister: a 623-dimensionally equidistributed uniform pseudo-random number generator", ACM TOMACS 8(1), 1998. Bounded
 * numbers and the shuffle follow {@code random_interval} in {@code numpy/random/src/distributions/distributions.c} and
 * {@code RandomState.shuffle} in {@code numpy/random/mtrand.pyx}, which numpy keeps unchanged.
 */
final class NumpyRandomState {
    /** The greatest seed, {@value}. */
    static final long MAX_SEED = 0xFFFF_FFFFL;

    private static final int N = 624;
    private static final int M = 397;

    private final int[] state = new int[N];
    private int next = N;

    /**
     * A generator at the start of its sequence.
     *
     * @param seed in [0, {@link #MAX_SEED}]
     */
    NumpyRandomState(long seed) {
        if (seed < 0 || seed > MAX_SEED) {
            throw new IllegalArgumentException("seed " + seed);
        }
        state[0] = (int) seed;
        for (int i = 1; i < N; i++) {
            state[i] = 1_812_433_253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    /**
     * {@code RandomState.permutation(n)}: 0 to n - 1, shuffled.
     *
     * @param n at least 0
     */
    int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        for (int i = n - 1; i > 0; i--) {
            int j = nextAtMost(i);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** The items in the order of {@link #permutation}. */
    <T> List<T> shuffled(List<T> items) {
        List<T> shuffled = new ArrayList<>(items.size());
        for (int index : permutation(items.size())) {
            shuffled.add(items.get(index));
        }
        return shuffled;
    }

    /** A number in [0, max], max at least 1: the low bits of 32, drawn again while they are over max. */
    private int nextAtMost(int max) {
        int mask = -1 >>> Integer.numberOfLeadingZeros(max);
        int value;
        do {
            value = nextBits() & mask;
        } while (value > max);
        return value;
    }

    /** 32 random bits: {@code genrand_int32}. */
    private int nextBits() {
        if (next == N) {
            twist();
            next = 0;
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9D2C_5680;
        y ^= (y << 15) & 0xEFC6_0000;
        return y ^ (y >>> 18);
    }

    private void twist() {
        for (int i = 0; i < N; i++) {
            int y = (state[i] & 0x8000_0000) | (state[(i + 1) % N] & 0x7FFF_FFFF);
            state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908_B0DF);
        }
    }
}
