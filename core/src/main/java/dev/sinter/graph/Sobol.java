package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Iota;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Sobol sequences: point i is the exclusive or of the direction numbers where the Gray code of i has a bit. */
final class Sobol {
    /** How many dimensions there are direction numbers of. */
    static final int MOST_DIMENSIONS = 21_201;
    /** Points are fractions of this power of two, and there are fewer of them. */
    private static final int DIGITS = 31;

    private Sobol() {}

    /** The points of numbers {@code skip + 1} to {@code skip + count}. */
    static Node points(Composer c, DType dtype, int dimensions, Dim count, long skip) {
        long most = count.isConstant() ? count.constant() : 0;
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS || count.equals(Dim.UNKNOWN) || most < 0 || skip < 0
                || skip + most >= 1L << DIGITS || !dtype.isFloat()) {
            throw new GraphException("sobol_sample: 1 to " + MOST_DIMENSIONS + " dimensions, fewer than 2^" + DIGITS
                    + " points with those that are skipped, and a float dtype are needed, not " + dimensions + ", "
                    + count + " behind " + skip + ", and " + dtype);
        }
        Shape shape = Shape.of(count, Dim.of(dimensions));
        Node number = c.add(new Iota(new TensorType(DType.INT64, Shape.of(count)), 0));
        number = c.map(ScalarFn.ADD, number, c.fullLike(number, skip + 1));
        Node gray = c.map(ScalarFn.XOR, number, c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, number, c.fullLike(number, 1)));
        int digits = count.isConstant() ? Long.SIZE - Long.numberOfLeadingZeros(skip + most) : DIGITS;
        long[][] directions = directions(dimensions, Math.max(1, digits));
        Node point = c.full(DType.INT64, shape, 0);
        Node one = c.fullLike(gray, 1);
        for (int digit = 0; digit < directions.length; digit++) {
            Node bit = c.map(ScalarFn.AND, c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, gray, c.fullLike(gray, digit)), one);
            Node mask = c.stretch(c.map(ScalarFn.NEG, bit), shape, List.of(0));
            Node direction = c.stretch(c.constant(NDArray.of(directions[digit])), shape, List.of(1));
            point = c.map(ScalarFn.XOR, point, c.map(ScalarFn.AND, mask, direction));
        }
        DType wide = dtype == DType.FLOAT64 ? dtype : DType.FLOAT32;
        Node whole = c.convert(point, wide);
        return c.convert(c.map(ScalarFn.MUL, whole, c.fullLike(whole, 1.0 / (1L << DIGITS))), dtype);
    }

    /** For each digit the direction numbers of all dimensions. */
    private static long[][] directions(int dimensions, int digits) {
        long[][] result = new long[digits][dimensions];
        for (int digit = 0; digit < digits; digit++) {
            result[digit][0] = 1L << DIGITS - 1 - digit;
        }
        int dimension = 1;
        try (InputStream in = Sobol.class.getResourceAsStream("sobol.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); dimension < dimensions; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    long[] numbers = numbers(line, digits);
                    for (int digit = 0; digit < digits; digit++) {
                        result[digit][dimension] = numbers[digit] << DIGITS - 1 - digit;
                    }
                    dimension++;
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        if (dimension < dimensions) {
            throw new CompilerBug("direction numbers of " + dimension + " dimensions");
        }
        return result;
    }

    /** The odd numbers of one dimension: some are given, the others follow by the polynomial. */
    private static long[] numbers(String line, int digits) {
        long[] words = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        int degree = words.length - 1;
        long[] numbers = new long[digits];
        for (int digit = 0; digit < digits; digit++) {
            if (digit < degree) {
                numbers[digit] = words[digit + 1];
                continue;
            }
            numbers[digit] = numbers[digit - degree];
            for (int k = 1; k <= degree; k++) {
                if ((words[0] >> degree - k & 1) != 0) {
                    numbers[digit] ^= numbers[digit - k] << k;
                }
            }
        }
        return numbers;
    }
}
