package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.llvm.LlvmBackend;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.ProgramCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * How far native code and the interpreter are from the true values of the scalar functions, and
 * {@code docs/accuracy.md}, which says it. Of float32 functions of one operand every so many bit patterns are compared
 * with native float64, whose own errors are measured at samples with known values.
 */
final class AccuracyTest {
    /** Every so many bit patterns; 1 for all. */
    private static final long STRIDE = Long.getLong("sinter.accuracy.stride", 4099 * 7);
    /** The same for the formulas of special functions, which are computed in float64 and rounded once. */
    private static final long FORMULA_STRIDE = Long.getLong("sinter.accuracy.formulaStride", 64 * STRIDE + 1);
    /** The same for the interpreter. */
    private static final long INTERPRETED_STRIDE = Long.getLong("sinter.accuracy.interpretedStride", 262_147);
    /** Where the page is written. */
    private static final Path PAGE = Path.of(System.getProperty("sinter.accuracy.page", "target/accuracy.md"));
    /** The functions whose rows are measured, or all; those of the others are left as they are in the page. */
    private static final Optional<List<String>> FUNCTIONS = Optional
            .ofNullable(System.getProperty("sinter.accuracy.functions")).map(names -> List.of(names.split(",")));
    private static final String INTRODUCTION = """
            # Accuracy

            The largest errors that were found, in units in the last place (ULP) of the true value: of native code, and
            in the last columns of the interpreter.

            **float32.** The column *walked* says which of the 2^32 bit patterns a function of one operand was evaluated
            at; `pow` and `atan2` at as many pairs of operands. The results are compared with those of native float64,
            whose own error is the other column; where that is far below 2^-29 of the value the comparison is exact to
            three digits. Special functions are computed in float64 for every dtype and rounded once, so that this
            comparison shows the rounding alone: their column takes in the samples below whose operands are float32.
            The interpreter computes every function in float64 and rounds once; it is walked at %s of the patterns.

            **float64**, and special functions of more operands, are measured at samples whose values are known to 40
            digits: drawn from ordinary ranges, from the ends of the dtype, next to integers, and next to zeros and
            poles (`testkit/src/test/goldens/make_accuracy.py`).

            The operations `add`, `sub`, `mul`, `div`, `rem`, `sqrt` and everything that does not round are exact or
            rounded correctly. Elementary functions are within 2 ULP, special ones within 16, native code's and the
            interpreter's. Some are differences of larger numbers, four times 2^-52 of which count as 16 ULP here:

            - of 1: `lgamma`, `digamma` and `zeta` of negative numbers near their zeros, `expint` near its zero;
            - of n!: `polygamma` of order n, of negative numbers;
            - of the wave's height, at most 1: Bessel's functions of the first and the second kind near their zeros.

            **Complex numbers.** An error is a distance in the plane, in units in the last place of the value's size, at
            samples as those of float64: one part may be further off, relative to itself, where the other is larger. The
            error of a power `z^w` grows with the size of `w log z`, which is up to 40 at these samples.

            This page is written by a test, which measures all rows or some of them:

            ```sh
            ./sinter check -Dtest=AccuracyTest -Dsurefire.failIfNoSpecifiedTests=false \\
                -Dsinter.accuracy.page=$PWD/docs/accuracy.md -Dsinter.accuracy.stride=1 \\
                -Dsinter.accuracy.formulaStride=5 -Dsinter.accuracy.interpretedStride=1021 \\
                -Dsinter.accuracy.functions=exp,log
            ```

            Without these properties the test takes few bit patterns and writes to `testkit/target`.
            """;

    private static final LlvmBackend BACKEND = LlvmBackend.of(ProgramCheck.llvm(), 2);

    /** Operands, the float64 nearest to the value, and what that rounds away in its units in the last place. */
    private record Sample(List<Double> operands, double nearest, double rest) {
        boolean isSingle() {
            return operands.stream().allMatch(x -> (float) (double) x == x) && Math.abs(nearest) < 0x1p127;
        }
    }

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    /** Reads the names of functions, and lines of numbers below them. */
    private static void forEach(String resource, Consumer<String> function, Consumer<List<Double>> sample)
            throws IOException {
        try (InputStream in = AccuracyTest.class.getResourceAsStream(resource)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                String[] words = line.split(" ");
                if (words[0].equals("function")) {
                    function.accept(words[1]);
                } else {
                    sample.accept(Stream.of(words).map(Double::valueOf).toList());
                }
            }
        }
    }

    private static Map<ScalarFn, List<Sample>> samples() throws IOException {
        LinkedHashMap<ScalarFn, List<Sample>> samples = new LinkedHashMap<>();
        forEach("/goldens/accuracy.txt", name -> samples.put(ScalarFn.ofText(name).orElseThrow(), new ArrayList<>()),
                numbers -> {
                    int last = numbers.size() - 1;
                    samples.lastEntry().getValue().add(new Sample(numbers.subList(0, last - 1), numbers.get(last - 1),
                            numbers.get(last)));
                });
        return samples;
    }

    private static Map<String, List<ComplexFunction.Sample>> complexSamples() throws IOException {
        LinkedHashMap<String, List<ComplexFunction.Sample>> samples = new LinkedHashMap<>();
        forEach("/goldens/accuracy_complex.txt", name -> samples.put(name, new ArrayList<>()), numbers -> {
            int last = numbers.size() - 1;
            samples.lastEntry().getValue().add(new ComplexFunction.Sample(numbers.subList(0, last - 1),
                    numbers.get(last - 1), numbers.get(last)));
        });
        return samples;
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

    private static double[] operands(Sample sample) {
        return sample.operands().stream().mapToDouble(x -> x).toArray();
    }

    /** The error at the samples, of native code or of the interpreter. */
    private static Worst ofDoubles(ScalarFn fn, List<Sample> samples, boolean interpreted) {
        try (NativeFunction code = new NativeFunction(BACKEND, fn, DType.FLOAT64)) {
            NDArray results = code.run(inputs(samples, DType.FLOAT64)).getFirst();
            Worst worst = Worst.NONE;
            for (int i = 0; i < samples.size(); i++) {
                Sample sample = samples.get(i);
                double found = interpreted ? interpreted(fn, operands(sample)) : results.getDouble(i);
                double ulps = Worst.ofDouble(found, sample.nearest(), sample.rest());
                double absolute = Math.abs(found - sample.nearest()) / (0x1p-52 * cancelling(fn, operands(sample)));
                worst = worst.with(absolute <= 4 ? Math.min(ulps, 4 * absolute) : ulps, operands(sample));
            }
            return worst;
        }
    }

    private static double interpreted(ScalarFn fn, double[] operands) {
        double[] three = Arrays.copyOf(operands, 3);
        return fn.onFloats(three[0], three[1], three[2]);
    }

    /**
     * The size of what cancels where a function has zeros, or is the difference between 1 and something; four times
     * 2^-52 of it count as 16 units in the last place. 0 where a value is never a difference of larger ones.
     */
    private static double cancelling(ScalarFn fn, double[] operands) {
        double x = operands[0];
        return switch (fn) {
            case LGAMMA, DIGAMMA -> x < 0 ? 1 : 0;
            case ZETA -> operands[1] < 0 ? 1 : 0;
            case POLYGAMMA -> operands[1] < 0 ? factorial((int) x) : 0;
            case BESSEL_J0, BESSEL_J1, BESSEL_Y0, BESSEL_Y1 -> Math.min(1, Math.sqrt(2 / (Math.PI * Math.abs(x))));
            case EXPINT -> x < 1 ? 1 : 0;
            default -> 0;
        };
    }

    private static double factorial(int n) {
        double product = 1;
        for (int i = 2; i <= n; i++) {
            product *= i;
        }
        return product;
    }

    /** The error of float32, against native float64 on the same operands, and at samples that are float32. */
    private static Worst ofFloats(ScalarFn fn, List<Sample> samples) throws InterruptedException, ExecutionException {
        try (NativeFunction code = new NativeFunction(BACKEND, fn, DType.FLOAT32)) {
            List<Sample> single = samples.stream().filter(Sample::isSingle).toList();
            NDArray results = code.run(inputs(single, DType.FLOAT32)).getFirst();
            Worst worst = Worst.NONE;
            for (int i = 0; i < single.size(); i++) {
                Sample sample = single.get(i);
                worst = worst.with(Worst.ofFloat((float) results.getDouble(i), sample.nearest()), operands(sample));
            }
            return isWalked(fn) ? worst.or(new PatternWalk(fn, code, stride(fn), false).worst()) : worst;
        }
    }

    /** The error of the interpreter's float32. */
    private static Worst ofInterpretedFloats(ScalarFn fn, List<Sample> samples)
            throws InterruptedException, ExecutionException {
        Worst worst = Worst.NONE;
        for (Sample sample : samples.stream().filter(Sample::isSingle).toList()) {
            float found = (float) interpreted(fn, operands(sample));
            worst = worst.with(Worst.ofFloat(found, sample.nearest()), operands(sample));
        }
        if (!isWalked(fn)) {
            return worst;
        }
        try (NativeFunction code = new NativeFunction(BACKEND, fn, DType.FLOAT32)) {
            return worst.or(new PatternWalk(fn, code, INTERPRETED_STRIDE, true).worst());
        }
    }

    private static boolean isWalked(ScalarFn fn) {
        return fn.arity() == 1 || fn.formula().isEmpty();
    }

    private static long stride(ScalarFn fn) {
        return fn.formula().isPresent() ? FORMULA_STRIDE : STRIDE;
    }

    private static double limit(ScalarFn fn) {
        return fn.formula().isPresent() ? 16 : 2;
    }

    @TestFactory
    Stream<DynamicTest> float64() throws IOException {
        return samples().entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey().text(), () -> {
            Worst worst = ofDoubles(entry.getKey(), entry.getValue(), false);
            assertThat(worst.ulps()).as(worst.at()).isLessThanOrEqualTo(limit(entry.getKey()));
            Worst interpreted = ofDoubles(entry.getKey(), entry.getValue(), true);
            assertThat(interpreted.ulps()).as(interpreted.at()).isLessThanOrEqualTo(limit(entry.getKey()));
        }));
    }

    @TestFactory
    Stream<DynamicTest> complex() throws IOException {
        Map<String, List<ComplexFunction.Sample>> samples = complexSamples();
        return ComplexFunction.all().stream().map(fn -> DynamicTest.dynamicTest(fn.name(), () -> {
            Worst worst = fn.worst(BACKEND, samples.get(fn.name()), DType.FLOAT64);
            assertThat(worst.ulps()).as(worst.at()).isLessThanOrEqualTo(fn.limit());
        }));
    }

    @Test
    void everyFunctionOfFloatsHasSamples() throws IOException {
        List<ScalarFn> rounding = Stream.of(ScalarFn.values()).filter(ScalarFn::isElementary).toList();
        assertThat(samples().keySet()).containsAll(rounding);
    }

    @Test
    void thePageSaysTheLargestErrors() throws IOException, InterruptedException, ExecutionException {
        Map<String, String> rows = FUNCTIONS.isPresent() ? rows() : new HashMap<>();
        Map<ScalarFn, List<Sample>> samples = samples();
        Map<String, List<ComplexFunction.Sample>> complex = complexSamples();
        for (ComplexFunction fn : ComplexFunction.all()) {
            if (FUNCTIONS.isEmpty() || FUNCTIONS.get().contains("complex")) {
                List<ComplexFunction.Sample> all = complex.get(fn.name());
                Worst floats = fn.worst(BACKEND, ComplexFunction.single(all), DType.FLOAT32);
                rows.put("Complex." + fn.name(), String.format("| `Complex.%s` | %s | %s |%n", fn.name(),
                        floats.cells(), fn.worst(BACKEND, all, DType.FLOAT64).cells()));
                assertThat(floats.ulps()).as(fn.name() + " at " + floats.at()).isLessThanOrEqualTo(fn.limit());
            }
        }
        for (Map.Entry<ScalarFn, List<Sample>> entry : samples.entrySet()) {
            ScalarFn fn = entry.getKey();
            if (FUNCTIONS.isEmpty() || FUNCTIONS.get().contains(fn.text())) {
                Worst floats = ofFloats(fn, entry.getValue());
                assertThat(floats.ulps()).as(fn.text() + " at " + floats.at()).isLessThanOrEqualTo(2);
                Worst interpreted = ofInterpretedFloats(fn, entry.getValue());
                assertThat(interpreted.ulps()).as(fn.text() + " at " + interpreted.at()).isLessThanOrEqualTo(0.51);
                rows.put(fn.text(), String.format(Locale.ROOT, "| `%s` | %s | %s | %s | %.2f | %s |%n", fn.text(),
                        walked(fn), floats.cells(), ofDoubles(fn, entry.getValue(), false).cells(),
                        interpreted.ulps(), ofDoubles(fn, entry.getValue(), true).cells()));
                write(samples.keySet(), rows);
            }
        }
    }

    /** Writes the page, whatever rows there are. */
    private static void write(Set<ScalarFn> functions, Map<String, String> rows) throws IOException {
        StringBuilder elementary = new StringBuilder(header("Elementary functions"));
        StringBuilder special = new StringBuilder(header("Special functions"));
        for (ScalarFn fn : functions) {
            (fn.formula().isPresent() ? special : elementary).append(rows.getOrDefault(fn.text(), ""));
        }
        StringBuilder complex = new StringBuilder("\n## Complex functions\n\n")
                .append("| function | float32 | at | float64 | at |\n|---|---|---|---|---|\n");
        ComplexFunction.all().forEach(fn -> complex.append(rows.getOrDefault("Complex." + fn.name(), "")));
        Files.createDirectories(PAGE.toAbsolutePath().getParent());
        Files.writeString(PAGE, INTRODUCTION.formatted(part(INTERPRETED_STRIDE)) + elementary + special + complex);
    }

    /** The rows of the page as it is. */
    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new HashMap<>();
        for (String line : Files.exists(PAGE) ? Files.readAllLines(PAGE) : List.<String>of()) {
            if (line.startsWith("| `")) {
                rows.put(line.split("`")[1], line + System.lineSeparator());
            }
        }
        return rows;
    }

    private static String walked(ScalarFn fn) {
        return isWalked(fn) ? part(stride(fn)) : "samples";
    }

    private static String part(long stride) {
        return stride == 1 ? "all" : "1 of " + stride;
    }

    private static String header(String title) {
        return "\n## " + title + "\n\n| function | walked | float32 | at | float64 | at | interpreter's float32"
                + " | float64 | at |\n|---|---|---|---|---|---|---|---|---|\n";
    }
}
