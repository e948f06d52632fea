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
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * How far native code is from the true values of the scalar functions, and {@code docs/accuracy.md}, which says it. Of
 * float32 functions of one operand every so many bit patterns are compared with native float64, whose own errors are
 * measured at samples with known values.
 */
final class AccuracyTest {
    /** Every so many bit patterns; 1 for all. */
    private static final long STRIDE = Long.getLong("sinter.accuracy.stride", 4099 * 7);
    /** The same for the formulas of special functions, which are computed in float64 and rounded once. */
    private static final long FORMULA_STRIDE = 64 * STRIDE + 1;
    /** Where the page is written. */
    private static final Path PAGE = Path.of(System.getProperty("sinter.accuracy.page", "target/accuracy.md"));
    private static final int BLOCK = 1 << 16;
    private static final LlvmBackend BACKEND = LlvmBackend.of(ProgramCheck.llvm(), 2);

    /** Operands, the float64 nearest to the value, and what that rounds away in its units in the last place. */
    private record Sample(List<Double> operands, double nearest, double rest) {}

    /** The largest error in units in the last place, and where. */
    private record Worst(double ulps, String at) {
        Worst with(double other, double... operands) {
            String text = DoubleStream.of(operands).mapToObj(Double::toString).collect(Collectors.joining(", "));
            return other <= ulps ? this : new Worst(other, text);
        }

        String cell() {
            return String.format(Locale.ROOT, "%.2f | %s", ulps, at);
        }
    }

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    private static Map<ScalarFn, List<Sample>> samples() throws IOException {
        Map<ScalarFn, List<Sample>> samples = new LinkedHashMap<>();
        try (InputStream in = AccuracyTest.class.getResourceAsStream("/goldens/accuracy.txt")) {
            List<Sample> current = List.of();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                String[] words = line.split(" ");
                if (words[0].equals("function")) {
                    current = new ArrayList<>();
                    samples.put(ScalarFn.ofText(words[1]).orElseThrow(), current);
                } else {
                    List<Double> numbers = Stream.of(words).map(Double::valueOf).toList();
                    int last = numbers.size() - 1;
                    current.add(new Sample(numbers.subList(0, last - 1), numbers.get(last - 1), numbers.get(last)));
                }
            }
        }
        return samples;
    }

    /** Native code of a function of float operands, which gives the value in their dtype and in float64. */
    private static final class Native implements AutoCloseable {
        private final Compilation compilation;
        private final CompiledProgram code;

        Native(ScalarFn fn, DType dtype) {
            Builder b = new Builder();
            TensorType type = new TensorType(dtype, Shape.of(Dim.symbol("n")));
            List<Value> parameters = new ArrayList<>();
            for (int i = 0; i < fn.arity(); i++) {
                parameters.add(b.add(new Parameter("x" + i, type)));
            }
            Value value = b.map(fn, parameters.toArray(Value[]::new));
            Value wide = b.map(fn, parameters.stream().map(x -> b.convert(x, DType.FLOAT64)).toArray(Value[]::new));
            List<Value> results = dtype == DType.FLOAT64 ? List.of(value) : List.of(value, wide);
            compilation = Compilation.compile(new Function(fn.text(), parameters, results, b.locations()), Map.of(),
                    BACKEND.target(), Compilation.Options.defaults());
            code = BACKEND.compile(compilation.program());
        }

        List<NDArray> run(List<NDArray> inputs) {
            return ProgramRunner.run(compilation.function(), compilation.program(), code, inputs, 2);
        }

        @Override
        public void close() {
            code.close();
        }
    }

    private static List<NDArray> inputs(List<Sample> samples, DType dtype) {
        List<NDArray> inputs = new ArrayList<>();
        for (int operand = 0; operand < samples.getFirst().operands().size(); operand++) {
            NDArray input = NDArray.zeros(dtype, samples.size());
            for (int i = 0; i < samples.size(); i++) {
                input.setDouble(i, samples.get(i).operands().get(operand));
            }
            inputs.add(input);
        }
        return inputs;
    }

    private static double[] operands(List<NDArray> inputs, long index) {
        return inputs.stream().mapToDouble(input -> input.getDouble(index)).toArray();
    }

    /** The error at the samples; of a special function one of 4 times 2^-52 counts as 16 units in the last place. */
    private static Worst ofDoubles(ScalarFn fn, List<Sample> samples) {
        List<NDArray> inputs = inputs(samples, DType.FLOAT64);
        try (Native code = new Native(fn, DType.FLOAT64)) {
            NDArray results = code.run(inputs).getFirst();
            Worst worst = new Worst(0, "");
            for (int i = 0; i < samples.size(); i++) {
                Sample sample = samples.get(i);
                double unit = Math.ulp(sample.nearest());
                double ulps = Math.abs((results.getDouble(i) - sample.nearest()) / unit - sample.rest());
                double absolute = Math.abs(results.getDouble(i) - sample.nearest()) / 0x1p-52;
                boolean nearZero = fn.formula().isPresent() && absolute <= 4;
                worst = worst.with(Double.isNaN(ulps) ? Double.POSITIVE_INFINITY
                        : nearZero ? Math.min(ulps, 4 * absolute) : ulps, operands(inputs, i));
            }
            return worst;
        }
    }

    /** The error of float32, against native float64 on the same operands. */
    private static Worst ofFloats(ScalarFn fn, List<Sample> samples) {
        try (Native code = new Native(fn, DType.FLOAT32)) {
            Worst worst = new Worst(0, "");
            if (fn.arity() > 1) {
                return compare(code, inputs(samples, DType.FLOAT32), worst);
            }
            long stride = fn.formula().isPresent() ? FORMULA_STRIDE : STRIDE;
            long count = ((1L << 32) + stride - 1) / stride;
            int[] patterns = new int[BLOCK];
            for (long from = 0; from < count; from += BLOCK) {
                for (int i = 0; i < BLOCK; i++) {
                    patterns[i] = (int) ((from + i) * stride);
                }
                NDArray input = NDArray.zeros(DType.FLOAT32, Math.min(BLOCK, count - from));
                MemorySegment.copy(patterns, 0, input.segment(), ValueLayout.JAVA_INT, 0,
                        (int) input.elementCount());
                worst = compare(code, List.of(input), worst);
            }
            return worst;
        }
    }

    private static Worst compare(Native code, List<NDArray> inputs, Worst before) {
        List<NDArray> results = code.run(inputs);
        float[] found = results.get(0).segment().toArray(ValueLayout.JAVA_FLOAT);
        double[] right = results.get(1).segment().toArray(ValueLayout.JAVA_DOUBLE);
        Worst worst = before;
        for (int i = 0; i < found.length; i++) {
            // The nearest float is off by half a unit at the most.
            boolean nearest = found[i] == (float) right[i] && worst.ulps() >= 0.5;
            double ulps = nearest ? 0 : ulps(right[i], found[i]);
            if (ulps > worst.ulps()) {
                worst = worst.with(ulps, operands(inputs, i));
            }
        }
        return worst;
    }

    /** The distance of a float from the right value; infinite where it is another kind of number. */
    private static double ulps(double right, float found) {
        float nearest = (float) right;
        if (Float.isNaN(nearest) || Float.isNaN(found)) {
            return Float.isNaN(nearest) && Float.isNaN(found) ? 0 : Double.POSITIVE_INFINITY;
        }
        if (Float.isInfinite(nearest) || Float.isInfinite(found)) {
            double from = Float.isInfinite(found) ? Math.copySign(0x1p128, found) : found;
            double to = Math.abs(right) > 0x1p128 ? Math.copySign(0x1p128, right) : right;
            return Math.abs(from - to) / 0x1p104;
        }
        return Math.abs(found - right) / Math.ulp(nearest);
    }

    private static double limit(ScalarFn fn) {
        return fn.formula().isPresent() ? 16 : 2;
    }

    @TestFactory
    Stream<DynamicTest> float64() throws IOException {
        return samples().entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey().text(), () -> {
            Worst worst = ofDoubles(entry.getKey(), entry.getValue());
            assertThat(worst.ulps()).as(worst.at()).isLessThanOrEqualTo(limit(entry.getKey()));
        }));
    }

    @Test
    void everyFunctionOfFloatsHasSamples() throws IOException {
        List<ScalarFn> rounding = Stream.of(ScalarFn.values()).filter(ScalarFn::isElementary)
                .filter(fn -> fn != ScalarFn.IGAMMA_GRAD_A).toList();
        assertThat(samples().keySet()).containsAll(rounding);
    }

    @Test
    void thePageSaysTheLargestErrors() throws IOException {
        StringBuilder page = new StringBuilder();
        page.append("""
                # Accuracy

                The largest errors of native code that were found, in units in the last place (ULP) of the true value.
                float32 functions of one operand are evaluated at %s, special ones, which are computed
                in float64 for every dtype and rounded once, at one of %d, and compared with native float64, whose own
                error is the other column. float64, and functions of more operands, are measured at random samples whose
                values are known to 40 digits (`testkit/src/test/goldens/make_accuracy.py`). Of the special functions,
                in the second table, an error of four times 2^-52 counts as 16 ULP where the value is near 0.

                The operations `add`, `sub`, `mul`, `div`, `rem`, `sqrt` and everything that does not round are exact or
                rounded correctly. Elementary functions are within 2 ULP, special ones within 16; but `betainc` of
                operands far above 1000 (10^-13 at 10^6), and `lgamma`, `digamma` and `zeta` of negative numbers near
                zeros where large terms cancel.

                This page is written by a test:

                ```sh
                ./sinter check -Dtest=AccuracyTest -Dsurefire.failIfNoSpecifiedTests=false \\
                    -Dsinter.accuracy.stride=1 -Dsinter.accuracy.page=$PWD/docs/accuracy.md
                ```

                Without its properties the test takes fewer bit patterns and writes to `testkit/target`.
                """.formatted(STRIDE == 1 ? "all 2^32 bit patterns" : "one of " + STRIDE + " bit patterns",
                FORMULA_STRIDE));
        StringBuilder special = new StringBuilder(header("Special functions"));
        page.append(header("Elementary functions"));
        for (Map.Entry<ScalarFn, List<Sample>> entry : samples().entrySet()) {
            ScalarFn fn = entry.getKey();
            Worst floats = ofFloats(fn, entry.getValue());
            Worst doubles = ofDoubles(fn, entry.getValue());
            (fn.formula().isPresent() ? special : page).append(String.format("| `%s` | %s | %s |%n", fn.text(),
                    floats.cell(), doubles.cell()));
            assertThat(floats.ulps()).as(fn.text() + " at " + floats.at()).isLessThanOrEqualTo(2);
        }
        page.append(special);
        Files.createDirectories(PAGE.toAbsolutePath().getParent());
        Files.writeString(PAGE, page);
    }

    private static String header(String title) {
        return "\n## " + title + "\n\n| function | float32 | at | float64 | at |\n|---|---|---|---|---|\n";
    }
}
