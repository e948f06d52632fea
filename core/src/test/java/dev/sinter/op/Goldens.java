package dev.sinter.op;

import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Printer;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Rounding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads the functions that {@code make_goldens.py} and {@code make_dtypes.py} write, and compares arrays as they ask.
 */
final class Goldens {
    private Goldens() {}

    static List<Function> read(String name) {
        try (InputStream in = Goldens.class.getResourceAsStream("/goldens/" + name + ".txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<Function> functions = new ArrayList<>();
            for (String part : text.split("(?m)^" + Printer.HEADER + "$")) {
                if (!part.isBlank()) {
                    functions.add(Parser.parse(Printer.HEADER + part));
                }
            }
            return functions;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** How many units in the last place a golden may be missed by. */
    static double tolerance(Function golden) {
        return Double.parseDouble(golden.name().substring(golden.name().lastIndexOf('=') + 1));
    }

    /**
     * What differs, where an array is not the expected one within some units in the last place. A tolerance above
     * 4 is for sums, whose terms may cancel: their unit is at least that of a thousandth of the largest element.
     */
    static Optional<String> difference(NDArray actual, NDArray expected, double ulps) {
        if (actual.dtype() != expected.dtype() || !Arrays.equals(actual.sizes(), expected.sizes())) {
            return Optional.of(actual.dtype() + Arrays.toString(actual.sizes()) + " instead of "
                    + expected.dtype() + Arrays.toString(expected.sizes()));
        }
        double scale = 0;
        for (long i = 0; i < expected.elementCount(); i++) {
            double size = Math.abs(expected.getDouble(i));
            scale = Double.isFinite(size) ? Math.max(scale, size) : scale;
        }
        for (long i = 0; i < expected.elementCount(); i++) {
            if (!near(actual, expected, i, ulps, ulps > 4 ? scale / 1000 : 0)) {
                return Optional.of("element " + i + " is " + actual.getDouble(i) + " instead of "
                        + expected.getDouble(i) + " (largest " + scale + ")");
            }
        }
        return Optional.empty();
    }

    private static boolean near(NDArray actual, NDArray expected, long i, double ulps, double least) {
        return switch (expected.dtype()) {
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                    actual.getLong(i) == expected.getLong(i);
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> {
                double a = actual.getDouble(i);
                double e = expected.getDouble(i);
                double size = Math.max(Math.abs(e), least);
                double ulp = Rounding.ulp(expected.dtype(), size);
                yield a == e || Double.isNaN(a) && Double.isNaN(e) || Math.abs(a - e) <= ulps * ulp;
            }
        };
    }
}
