package dev.sinter.op;

/** Inverse hyperbolic functions in double precision, as Sun's fdlibm has them (1993), within about 1 ULP. */
final class InverseHyperbolic {
    /** From here on the root of {@code x^2 + 1} is x. */
    private static final double LARGE = 0x1p28;
    private static final double LOG_2 = 0x1.62e42fefa39efp-1;

    private InverseHyperbolic() {}

    static double asinh(double x) {
        double t = Math.abs(x);
        if (t < 1 / LARGE) {
            return x;
        }
        double magnitude = t >= LARGE ? StrictMath.log(t) + LOG_2
                : t > 2 ? StrictMath.log(2 * t + 1 / (Math.sqrt(t * t + 1) + t))
                : StrictMath.log1p(t + t * t / (1 + Math.sqrt(1 + t * t)));
        return Math.copySign(magnitude, x);
    }

    static double acosh(double x) {
        if (x >= LARGE) {
            return StrictMath.log(x) + LOG_2;
        }
        if (x > 2) {
            return StrictMath.log(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
        }
        double t = x < 1 ? Double.NaN : x - 1;
        return StrictMath.log1p(t + Math.sqrt(2 * t + t * t));
    }

    static double atanh(double x) {
        double t = Math.abs(x);
        if (t < 1 / LARGE) {
            return x;
        }
        double half = t < 0.5 ? StrictMath.log1p(2 * t + 2 * t * t / (1 - t)) : StrictMath.log1p(2 * t / (1 - t));
        return Math.copySign(half / 2, x);
    }
}
