package dev.sinter.graph;

/**
 * Cosine and sine at rational multiples of pi. The angle is brought into the first eighth of a turn in integers, so
 * that equal angles have equal values, and those at multiples of pi/4 and pi/6 are the nearest doubles.
 */
final class RationalTurns {
    private RationalTurns() {}

    /** {@code cos(pi * p / q)}. */
    static double cos(long p, long q) {
        long turned = Math.floorMod(p, 2 * q);
        long mirrored = turned > q ? 2 * q - turned : turned;
        return 2 * mirrored > q ? -quarterCos(q - mirrored, q) : quarterCos(mirrored, q);
    }

    /** {@code sin(pi * p / q)}. */
    static double sin(long p, long q) {
        return cos(2 * Math.floorMod(p, 2 * q) - q, 2 * q);
    }

    /** The cosine of up to a quarter of a turn. */
    private static double quarterCos(long p, long q) {
        if (3 * p == q) {
            return 0.5;
        }
        return 4 * p > q ? Math.sin(Math.PI * (q - 2 * p) / (2 * q)) : Math.cos(Math.PI * p / q);
    }
}
