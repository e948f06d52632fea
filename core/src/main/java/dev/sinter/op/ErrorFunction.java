package dev.sinter.op;

/**
 * The error function and its complement in double precision, within 1 and 2 units in the last place: rational
 * approximations of Sun's fdlibm ({@code s_erf.c}, 1993) on four intervals of the magnitude.
 */
final class ErrorFunction {
    /** Below, {@code erf t = t + t P(t^2) / Q(t^2)}. */
    private static final double NEAR = 0.84375;
    /** Below, {@code erf t = AT_ONE + P(t - 1) / Q(t - 1)}; above, {@code erfc} is an exponential. */
    private static final double MIDDLE = 1.25;
    private static final double FAR = 1 / 0.35;
    private static final double AT_ONE = 0x1.b0ac16p-1;
    /** Where {@code erf} is 1, and where {@code erfc} is 0. */
    private static final double ONE = 6;
    private static final double ZERO = 28;

    private static final Quotient BY_SQUARE = new Quotient(
            new double[] {1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
                -5.77027029648944159157e-03, -2.37630166566501626084e-05},
            new double[] {1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
                1.32494738004321644526e-04, -3.96022827877536812320e-06});
    private static final Quotient BY_DISTANCE = new Quotient(
            new double[] {-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
                3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02,
                -2.16637559486879084300e-03},
            new double[] {1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
                1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02});
    private static final Quotient LOGARITHM = new Quotient(
            new double[] {-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
                -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02,
                -8.12874355063065934246e+01, -9.81432934416914548592e+00},
            new double[] {1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
                6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02,
                6.57024977031928170135e+00, -6.04244152148580987438e-02});
    private static final Quotient FAR_LOGARITHM = new Quotient(
            new double[] {-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
                -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03,
                -4.83519191608651397019e+02},
            new double[] {1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
                3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02,
                -2.24409524465858183362e+01});

    private ErrorFunction() {}

    /** A quotient of polynomials. */
    private record Quotient(double[] numerator, double[] divisor) {
        double at(double x) {
            return polynomial(numerator, x) / polynomial(divisor, x);
        }

        private static double polynomial(double[] coefficients, double x) {
            double sum = 0;
            for (int i = coefficients.length - 1; i >= 0; i--) {
                sum = sum * x + coefficients[i];
            }
            return sum;
        }
    }

    /** {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0 to x. */
    static double erf(double x) {
        double t = Math.abs(x);
        if (t < 0x1p-28) {
            // x and a part of it would round twice where they are denormal.
            return (8 * x + 8 * BY_SQUARE.at(0) * x) / 8;
        }
        if (t < NEAR) {
            return x + x * BY_SQUARE.at(x * x);
        }
        double magnitude = t < MIDDLE ? AT_ONE + BY_DISTANCE.at(t - 1) : t < ONE ? 1 - tail(t) : t >= ONE ? 1 : t;
        return Math.copySign(magnitude, x);
    }

    /** {@code 1 - erf(x)}, exact where that is near 0. */
    static double erfc(double x) {
        double t = Math.abs(x);
        if (t < NEAR) {
            double rest = x * BY_SQUARE.at(x * x);
            return x < 0.25 ? 1 - (x + rest) : 0.5 - (rest + (x - 0.5));
        }
        if (t < MIDDLE) {
            double rest = BY_DISTANCE.at(t - 1);
            return x > 0 ? 1 - AT_ONE - rest : 1 + (AT_ONE + rest);
        }
        if (x < 0) {
            return t < ONE ? 2 - tail(t) : 2;
        }
        return t < ZERO ? tail(t) : t >= ZERO ? 0 : t;
    }

    /** {@code erfc(t) = exp(-t^2 - 9/16 + P(1 / t^2) / Q(1 / t^2)) / t}, with t^2 in an exact and a small part. */
    private static double tail(double t) {
        double inverse = 1 / (t * t);
        double rest = (t < FAR ? LOGARITHM : FAR_LOGARITHM).at(inverse);
        double high = Double.longBitsToDouble(Double.doubleToRawLongBits(t) & -1L << 32);
        double exponential = StrictMath.exp(-high * high - 0.5625);
        double growth = StrictMath.expm1((high - t) * (high + t) + rest);
        double product = Math.fma(exponential, growth, exponential);
        double lost = Math.fma(exponential, growth, exponential - product);
        double quotient = product / t;
        return quotient + (Math.fma(-quotient, t, product) + lost) / t;
    }
}
