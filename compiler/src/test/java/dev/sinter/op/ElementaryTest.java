package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.DType;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ElementaryTest {
    private static final int BLOCK = 4096;
    private static final double[] SPECIAL =
            {0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e-30, -1e-30, 1e30, -1e30,
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, Float.MIN_VALUE, -Float.MIN_VALUE,
        Float.MIN_NORMAL, -Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL, Double.MAX_VALUE, -Double.MAX_VALUE, 88.72283, 88.72284, -87.33655, -103.97, -104,
        709.78,
        709.79, -745.1, -745.2, Math.PI, Math.PI / 2, -Math.PI / 4, 16777216, 16777217, 33554434, 0.99999994,
        1.0000001,
        7, 10, 100, 1000, 1.5, 2.5, -1.5, 5, -5, 0.4794609546661377};

    @ParameterizedTest
    @EnumSource(value = ScalarFn.class,
            names = {"EXP", "EXPM1", "LOG", "LOG1P", "TANH", "LOGISTIC", "ERF", "ERFC", "SIN", "COS",
        "RSQRT", "TAN", "ASIN", "ACOS", "ATAN", "SINH", "COSH", "ASINH", "ACOSH", "ATANH"}, mode = Mode.INCLUDE)
    void float32IsWithin2Ulp(ScalarFn fn) {
        Accuracy accuracy = Accuracy.ofPatterns(fn, 1009 * 3);
        System.out.println("float32 " + accuracy);
        assertThat(accuracy.worst()).isLessThanOrEqualTo(2);
        assertThat(special(fn, DType.FLOAT32)).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(value = ScalarFn.class,
            names = {"EXP", "EXPM1", "LOG", "LOG1P", "TANH", "LOGISTIC", "ERF", "ERFC", "SIN", "COS",
        "RSQRT", "POW", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2", "SINH",
        "COSH", "ASINH", "ACOSH", "ATANH"}, mode = Mode.INCLUDE)
    void float64IsWithin2UlpOfStrictMath(ScalarFn fn) {
        Accuracy accuracy = new Accuracy(fn, DType.FLOAT64);
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            double[] x = new double[BLOCK];
            double[] y = new double[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                x[i] = round % 4 == 0 ? Double.longBitsToDouble(random.nextLong())
                        : random.nextGaussian() * Math.pow(10, round % 4 - 1);
                y[i] = random.nextGaussian() * (round % 2 == 0 ? 100 : 3);
                x[i] = fn == ScalarFn.POW && round % 4 != 1 ? Math.abs(x[i]) : x[i];
            }
            accuracy.measure(x, y);
        }
        System.out.println("float64 " + accuracy);
        // The reference itself is within 1 ULP, that of tanh within 2.5.
        double limit = fn == ScalarFn.TANH ? 4.5 : 3;
        assertThat(accuracy.worst()).isLessThanOrEqualTo(limit);
        assertThat(special(fn, DType.FLOAT64)).isLessThanOrEqualTo(limit);
    }

    @Test
    void float32PowIsWithin2Ulp() {
        Accuracy accuracy = new Accuracy(ScalarFn.POW, DType.FLOAT32);
        Random random = new Random(8);
        for (int round = 0; round < 300; round++) {
            float[] x = new float[BLOCK];
            float[] y = new float[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                x[i] = round % 3 == 0 ? Float.intBitsToFloat(random.nextInt())
                        : (float) random.nextGaussian() * 4;
                y[i] = round % 5 == 0 ? Float.intBitsToFloat(random.nextInt())
                        : round % 5 == 1 ? random.nextInt(21) - 10 : (float) random.nextGaussian() * 20;
                x[i] = round % 5 > 1 ? Math.abs(x[i]) : x[i];
            }
            accuracy.measure(x, y);
        }
        System.out.println("float32 " + accuracy);
        assertThat(accuracy.worst()).isLessThanOrEqualTo(2);
        assertThat(special(ScalarFn.POW, DType.FLOAT32)).isLessThanOrEqualTo(2);
    }

    /** A unit less would be large where it is multiplied, as gelu(-1e20) is. */
    @Test
    void theErrorFunctionIsOneFarFromZero() {
        double[] far = new double[BLOCK];
        float[] single = new float[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            far[i] = i % 2 == 0 ? 5.931 * Math.exp(i * 0.17) : -5.931 * Math.exp(i * 0.17);
            single[i] = i % 2 == 0 ? (float) (3.93 * Math.exp(i * 0.02)) : (float) (-3.93 * Math.exp(i * 0.02));
        }
        assertThat(new Accuracy(ScalarFn.ERF, DType.FLOAT64).apply(far, far)).containsOnly(1, -1);
        assertThat(new Accuracy(ScalarFn.ERF, DType.FLOAT32).apply(single, single)).containsOnly(1, -1);
        assertThat(new Accuracy(ScalarFn.ERFC, DType.FLOAT64).apply(far, far)[1]).isEqualTo(2);
    }

    @Test
    void remaindersAreExact() {
        Random random = new Random(9);
        Accuracy single = new Accuracy(ScalarFn.REM, DType.FLOAT32);
        Accuracy wide = new Accuracy(ScalarFn.REM, DType.FLOAT64);
        for (int round = 0; round < 60; round++) {
            float[] x = new float[BLOCK];
            float[] y = new float[BLOCK];
            double[] a = new double[BLOCK];
            double[] b = new double[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                boolean any = round % 2 == 0;
                x[i] = any ? Float.intBitsToFloat(random.nextInt()) : (float) random.nextGaussian() * 100;
                y[i] = any ? Float.intBitsToFloat(random.nextInt()) : (float) random.nextGaussian();
                a[i] = any ? Double.longBitsToDouble(random.nextLong()) : random.nextGaussian() * 100;
                b[i] = any ? Double.longBitsToDouble(random.nextLong()) : random.nextGaussian();
            }
            single.measure(x, y);
            wide.measure(a, b);
        }
        assertThat(single.worst()).as(single.toString()).isZero();
        assertThat(wide.worst()).as(wide.toString()).isZero();
        assertThat(special(ScalarFn.REM, DType.FLOAT32)).isZero();
        assertThat(special(ScalarFn.REM, DType.FLOAT64)).isZero();
    }

    /** The worst error over all pairs of special values. */
    private static double special(ScalarFn fn, DType dtype) {
        Accuracy accuracy = new Accuracy(fn, dtype);
        double[] x = new double[BLOCK];
        double[] y = new double[BLOCK];
        int pairs = SPECIAL.length * SPECIAL.length;
        assertThat(pairs).isLessThanOrEqualTo(BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            x[i] = SPECIAL[i % pairs / SPECIAL.length];
            y[i] = SPECIAL[i % SPECIAL.length];
        }
        if (dtype == DType.FLOAT64) {
            accuracy.measure(x, y);
        } else {
            float[] a = new float[BLOCK];
            float[] b = new float[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                a[i] = (float) x[i];
                b[i] = (float) y[i];
            }
            accuracy.measure(a, b);
        }
        return accuracy.worst();
    }
}
