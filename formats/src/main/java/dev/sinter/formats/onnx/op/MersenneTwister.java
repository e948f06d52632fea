package dev.sinter.formats.onnx.op;

/**
 * The Mersenne Twister MT19937, seeded and read as by NumPy's {@code RandomState}. It serves one thread. Source:
 * Matsumoto and Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
 * generator", 1998.
 */
final class MersenneTwister {
    private static final int SIZE = 624;
    private static final int DISTANCE = 397;
    private static final int TWIST = 0x9908B0DF;
    private static final int KEYED = 19650218;

    private final int[] state = new int[SIZE];
    private int next = SIZE;

    /** A generator of a seed of 32 bits. */
    MersenneTwister(int seed) {
        state[0] = seed;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * folded(i - 1) + i;
        }
    }

    /** A generator of a seed of several words. */
    MersenneTwister(int[] key) {
        this(KEYED);
        int place = 1;
        for (int i = 0; i < Math.max(SIZE, key.length); i++) {
            int j = i % key.length;
            state[place] = (state[place] ^ folded(place - 1) * 1664525) + key[j] + j;
            place = after(place);
        }
        for (int i = 1; i < SIZE; i++) {
            state[place] = (state[place] ^ folded(place - 1) * 1566083941) - place;
            place = after(place);
        }
        state[0] = Integer.MIN_VALUE;
    }

    private int folded(int place) {
        return state[place] ^ state[place] >>> 30;
    }

    /** The place after one, from 1 on; the last word is carried to the start. */
    private int after(int place) {
        if (place < SIZE - 1) {
            return place + 1;
        }
        state[0] = state[SIZE - 1];
        return 1;
    }

    private void twist() {
        for (int i = 0; i < SIZE; i++) {
            int both = state[i] & Integer.MIN_VALUE | state[(i + 1) % SIZE] & Integer.MAX_VALUE;
            state[i] = state[(i + DISTANCE) % SIZE] ^ both >>> 1 ^ ((both & 1) == 0 ? 0 : TWIST);
        }
        next = 0;
    }

    /** The next 32 bits. */
    int word() {
        if (next == SIZE) {
            twist();
        }
        int word = state[next++];
        word ^= word >>> 11;
        word ^= word << 7 & 0x9D2C5680;
        word ^= word << 15 & 0xEFC60000;
        return word ^ word >>> 18;
    }

    /** From 0 to below 1, by 53 bits of two words. */
    double unit() {
        long high = word() >>> 5;
        return ((high << 26) + (word() >>> 6)) * 0x1p-53;
    }
}
