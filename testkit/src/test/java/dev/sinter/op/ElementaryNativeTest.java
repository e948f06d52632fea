package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.program.Compilation;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.ProgramRunner;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.ProgramCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Native elementary functions of {@code float32} over the whole range: 2 units in the last place at most. */
final class ElementaryNativeTest {
    private static final List<ScalarFn> FUNCTIONS = List.of(ScalarFn.EXP, ScalarFn.EXPM1, ScalarFn.LOG, ScalarFn.LOG1P,
            ScalarFn.TANH, ScalarFn.LOGISTIC, ScalarFn.ERF, ScalarFn.ERFC, ScalarFn.SIN, ScalarFn.COS, ScalarFn.SQRT,
            ScalarFn.RSQRT,
            ScalarFn.TAN, ScalarFn.ASIN, ScalarFn.ACOS, ScalarFn.ATAN, ScalarFn.SINH, ScalarFn.COSH, ScalarFn.ASINH,
            ScalarFn.ACOSH, ScalarFn.ATANH);
    /** Every so many bit patterns; odd, so that all low bits occur. */
    private static final long STRIDE = Long.getLong("sinter.elementary.stride", 4099);

    @TestFactory
    Stream<DynamicTest> everyFunction() {
        NDArray inputs = NDArray.zeros(DType.FLOAT32, (1L << 32) / STRIDE + 1);
        for (long i = 0; i < inputs.elementCount(); i++) {
            inputs.setDouble(i, Float.intBitsToFloat((int) (i * STRIDE)));
        }
        List<NDArray> results = run(inputs);
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            ScalarFn fn = FUNCTIONS.get(i);
            NDArray result = results.get(i);
            tests.add(DynamicTest.dynamicTest(fn.text(), () -> check(fn, inputs, result)));
        }
        return tests.stream();
    }

    private static List<NDArray> run(NDArray inputs) {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.of(Dim.symbol("n")))));
        List<Value> all = FUNCTIONS.stream().map(fn -> b.map(fn, x)).toList();
        Function function = new Function("elementary", List.of(x), all, b.locations());
        try (LlvmBackend backend = LlvmBackend.of(ProgramCheck.llvm(), 2)) {
            Compilation compilation = Compilation.compile(function, Map.of(), backend.target(),
                    Compilation.Options.defaults());
            try (CompiledProgram code = backend.compile(compilation.program())) {
                return ProgramRunner.run(compilation.function(), compilation.program(), code, List.of(inputs), 2);
            }
        }
    }

    private static void check(ScalarFn fn, NDArray inputs, NDArray results) {
        double worst = 0;
        double at = 0;
        for (long i = 0; i < inputs.elementCount(); i++) {
            double x = inputs.getDouble(i);
            double right = fn.onFloats(x, x, x);
            double found = results.getDouble(i);
            double error = ulps(right, found);
            if (!(error <= worst)) {
                worst = error;
                at = x;
            }
        }
        assertThat(worst).as("units in the last place at " + at).isLessThanOrEqualTo(fn == ScalarFn.SQRT ? 0.5001 : 2);
    }

    /** The distance of a float from the right value; infinite where it is another kind of number. */
    private static double ulps(double right, double found) {
        if (Double.isNaN(right) || Double.isNaN(found)) {
            return Double.isNaN(right) && Double.isNaN(found) ? 0 : Double.POSITIVE_INFINITY;
        }
        float nearest = (float) right;
        if (Float.isInfinite(nearest) || Double.isInfinite(found)) {
            return nearest == found ? 0 : Double.POSITIVE_INFINITY;
        }
        boolean sameZero = nearest != 0 || found != 0 || 1 / nearest == 1 / found;
        return sameZero ? Math.abs(found - right) / Math.ulp(nearest) : Double.POSITIVE_INFINITY;
    }
}
