package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.CheckGrad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/special-values.md} says what functions of one float and their gradients are at special arguments. */
final class SpecialValuesTest {
    private static final double[] ARGUMENTS = {0.0, -0.0, 1, -1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};

    private static Path page() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/primitives.md"))) {
            folder = folder.getParent();
        }
        return folder.resolve("docs/special-values.md");
    }

    private static Stream<ScalarFn> functions() {
        return Stream.of(ScalarFn.values()).filter(fn -> fn.arity() == 1 && fn.takes(DType.FLOAT64)
                && fn.derivative() instanceof Derivative.Rule);
    }

    private static Function function(ScalarFn fn) {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT64, Shape.SCALAR)));
        return new Function(fn.text(), List.of(x), List.of(b.map(fn, x)), b.locations());
    }

    private static double value(ScalarFn fn, double x) {
        return Interpreter.run(function(fn), List.of(NDArray.scalar(x))).getFirst().getDouble(0);
    }

    private static double gradient(ScalarFn fn, double x, double upstream) {
        List<NDArray> inputs = List.of(NDArray.scalar(x), NDArray.scalar(upstream));
        return Interpreter.run(CheckGrad.gradient(function(fn)), inputs).getFirst().getDouble(0);
    }

    private static String text(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
        }
        return value == Math.rint(value) ? Long.toString((long) value).replaceFirst("^0$", 1 / value < 0 ? "-0" : "0")
                : String.format(Locale.ROOT, "%.5g", value);
    }

    @Test
    void thePageIsTrue() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Special values

                What the functions of one float are at special arguments, and in brackets their gradients there. NaN
                gives NaN. A test compares this page with the interpreter, and native code with that.

                | function | 0 | -0 | 1 | -1 | inf | -inf |
                |---|---|---|---|---|---|---|
                """);
        functions().forEach(fn -> {
            page.append("| `").append(fn.text()).append("` |");
            for (double x : ARGUMENTS) {
                page.append(' ').append(text(value(fn, x))).append(" (").append(text(gradient(fn, x, 1))).append(") |");
            }
            page.append('\n');
        });
        Files.writeString(Path.of("target/special-values.md"), page);
        assertThat(page().toFile()).hasContent(page.toString());
    }

    @Test
    void nanGivesNan() {
        assertThat(functions()).allMatch(fn -> Double.isNaN(value(fn, Double.NaN)));
    }

    /** Where a function has a pole or the end of its domain, what does not matter has no NaN gradient. */
    @Test
    void aGradientOfZeroStaysZeroAtPoles() {
        List<ScalarFn> poles = List.of(ScalarFn.SQRT, ScalarFn.RSQRT, ScalarFn.LOG, ScalarFn.LOG1P, ScalarFn.ASIN,
                ScalarFn.ACOS, ScalarFn.ACOSH, ScalarFn.ATANH, ScalarFn.LGAMMA, ScalarFn.DIGAMMA, ScalarFn.ERFINV,
                ScalarFn.NDTRI, ScalarFn.BESSEL_K0E, ScalarFn.BESSEL_K1E, ScalarFn.BESSEL_Y0, ScalarFn.BESSEL_Y1,
                ScalarFn.EXPINT, ScalarFn.SPENCE);
        for (ScalarFn fn : poles) {
            for (double x : new double[] {0, 1, -1}) {
                assertThat(gradient(fn, x, 0)).as(fn.text() + " at " + x).isEqualTo(0);
            }
        }
    }
}
