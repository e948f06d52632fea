package dev.sinter.op;

/** Hyperbolic functions in double precision; near the largest numbers, where the JDK squares, nearer than its own. */
final class Hyperbolic {
    /** From here on the square of {@code e^(x/2)} would lose a bit, and {@code e^x} overflows soon. */
    private static final double LARGE = 709;
    /** The logarithm of 2 with few bits, so that a large number less it is exact, and by how much it is too large. */
    private static final double LOG_2 = 0x1.62e42fefa3cp-1;
    private static final double EXCESS = 0x1.08654361c4c68p-44;

    private Hyperbolic() {}

    static double sinh(double x) {
        return Math.abs(x) <= LARGE ? StrictMath.sinh(x) : Math.copySign(halfExp(Math.abs(x)), x);
    }

    static double cosh(double x) {
        return Math.abs(x) <= LARGE ? StrictMath.cosh(x) : halfExp(Math.abs(x));
    }

    private static double halfExp(double x) {
        double near = StrictMath.exp(x - LOG_2);
        return near + EXCESS * near;
    }
}
