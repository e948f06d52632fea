package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.LongToDoubleFunction;
import java.util.stream.LongStream;

/** An array of a float dtype that is filled with doubles in row-major order. */
final class DoubleTable {
    private final NDArray array;
    private long next;

    DoubleTable(DType dtype, long... sizes) {
        array = NDArray.zeros(dtype, Tables.fitting(sizes));
    }

    void add(double value) {
        array.setDouble(next++, value);
    }

    NDArray array() {
        return array;
    }

    /**
     * The discrete Fourier transform of numbers, computed in double precision: the real and the imaginary parts.
     *
     * @param isGiven which numbers are not 0
     */
    static DoubleTable[] transformed(DType dtype, long length, LongPredicate isGiven, LongToDoubleFunction re,
            LongToDoubleFunction im) {
        Tables.fitting(length);
        double[] real = LongStream.range(0, length).mapToDouble(j -> isGiven.test(j) ? re.applyAsDouble(j) : 0)
                .toArray();
        double[] imaginary = LongStream.range(0, length).mapToDouble(j -> isGiven.test(j) ? im.applyAsDouble(j) : 0)
                .toArray();
        double[][] spectrum = transform(new double[][] {real, imaginary}, Radices.of(length).factors());
        DoubleTable[] tables = {new DoubleTable(dtype, length), new DoubleTable(dtype, length)};
        for (int plane = 0; plane < tables.length; plane++) {
            for (double value : spectrum[plane]) {
                tables[plane].add(value);
            }
        }
        return tables;
    }

    /** Stockham's stages, one after the other. */
    private static double[][] transform(double[][] given, List<Integer> radices) {
        double[][] x = given;
        int left = given[0].length;
        int done = 1;
        for (int radix : radices) {
            left /= radix;
            x = stage(x, radix, left, done);
            done *= radix;
        }
        return x;
    }

    private static double[][] stage(double[][] x, int radix, int left, int done) {
        int length = x[0].length;
        double[][] y = new double[2][length];
        double[] cos = roots(radix * left, false);
        double[] sin = roots(radix * left, true);
        for (int m = 0; m < left; m++) {
            for (int k = 0; k < radix; k++) {
                for (int r = 0; r < radix; r++) {
                    int turn = (int) ((long) k * (m + (long) r * left) % (radix * (long) left));
                    for (int q = 0; q < done; q++) {
                        int from = (r * left + m) * done + q;
                        int to = (m * radix + k) * done + q;
                        y[0][to] += x[0][from] * cos[turn] + x[1][from] * sin[turn];
                        y[1][to] += x[1][from] * cos[turn] - x[0][from] * sin[turn];
                    }
                }
            }
        }
        return y;
    }

    private static double[] roots(int count, boolean sine) {
        return LongStream.range(0, count).mapToDouble(i -> sine ? RationalTurns.sin(2 * i, count)
                : RationalTurns.cos(2 * i, count)).toArray();
    }
}
