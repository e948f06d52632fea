package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Failure;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Philox;
import dev.sinter.tensor.Rounding;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scalar function on every dtype: the scheduled kernel gives what the function's definition gives. */
class ScalarLoweringTest {
    private static final double[] FLOATS =
            {0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -7, 100, 1e-40, -1e-40, 1e30,
        -1e38, 8388609.5, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, Float.MIN_VALUE,
        Float.MAX_VALUE, -3.7};
    private static final long[] INTEGERS =
            {0, 1, -1, 2, -2, 3, 7, -7, 31, 32, 33, 63, 64, 100, Integer.MAX_VALUE,
        Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 0x123456789abcdefL};

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (ScalarFn fn : ScalarFn.values()) {
            for (DType dtype : DType.values()) {
                if (fn.takes(dtype)) {
                    cases.add(Arguments.of(fn, dtype));
                }
            }
        }
        return cases.stream();
    }

    private static long[] samples(DType dtype) {
        return switch (dtype) {
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 ->
                    java.util.Arrays.stream(FLOATS).mapToLong(x -> NestRun.bits(dtype, x)).toArray();
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 ->
                    java.util.Arrays.stream(INTEGERS).map(dtype::wrap).toArray();
            case BOOL -> new long[] {0, 1};
        };
    }

    /** One dimension with all combinations of samples, in one buffer for each operand. */
    private static NestRun run(List<DType> operands, List<Term> body, DType result, boolean safe) {
        List<long[]> samples = operands.stream().map(ScalarLoweringTest::samples).toList();
        int count = samples.stream().mapToInt(values -> values.length).reduce(1, Math::multiplyExact);
        List<Buffer> buffers = new ArrayList<>();
        List<long[]> values = new ArrayList<>();
        List<Nest.Input> inputs = new ArrayList<>();
        List<Term> terms = new ArrayList<>();
        int stride = 1;
        for (int i = 0; i < operands.size(); i++) {
            long[] all = new long[count];
            for (int at = 0; at < count; at++) {
                all[at] = samples.get(i)[at / stride % samples.get(i).length];
                if (safe && i == 1 && all[at] == 0) {
                    all[at] = 5;
                }
            }
            stride *= samples.get(i).length;
            inputs.add(new Nest.Input(i, IndexMap.identity(1, 1)));
            terms.add(new Term.Element(i, operands.get(i)));
            buffers.add(buffer(i, operands.get(i), count));
            values.add(all);
        }
        terms.addAll(body);
        buffers.add(buffer(operands.size(), result, count));
        values.add(new long[count]);
        Nest nest = new Nest("op", List.of(Dim.of(count)), List.of(), inputs, terms, List.of(),
                List.of(new Nest.Output(operands.size(), IndexMap.identity(1, 1), terms.size() - 1)));
        return new NestRun(nest, buffers, values, symbol -> 0);
    }

    private static Buffer buffer(int id, DType dtype, int count) {
        return new Buffer(id, "b" + id, new TensorType(dtype, Shape.of(Dim.of(count))), Layout.ROW_MAJOR,
                new Buffer.Role.Temporary());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void functionAsDefined(ScalarFn fn, DType dtype) {
        List<DType> operands = new ArrayList<>(java.util.Collections.nCopies(fn.arity(), dtype));
        if (fn == ScalarFn.SELECT) {
            operands.set(0, DType.BOOL);
        }
        List<Integer> arguments = java.util.stream.IntStream.range(0, fn.arity()).boxed().toList();
        DType result = fn.infer(operands);
        boolean divides = (fn == ScalarFn.DIV || fn == ScalarFn.REM) && dtype.isInteger();
        NestRun run = run(operands, List.of(new Term.Apply(fn, result, arguments)), result, divides);
        compare(run, operands.size(), result, fn.text());
    }

    private static void compare(NestRun run, int output, DType result, String what) {
        long[] expected = run.expected().get(output);
        for (var target : List.of(NestRun.WIDE, NestRun.NARROW)) {
            long[] actual = run.scheduled(target).get(output);
            for (int i = 0; i < expected.length; i++) {
                if (!result.isFloat()) {
                    assertThat(actual[i]).as(what + " element " + i).isEqualTo(expected[i]);
                    continue;
                }
                double error = error(result, NestRun.floating(result, actual[i]),
                        NestRun.floating(result, expected[i]));
                assertThat(error)
                        .as(what + " element " + i + " is " + NestRun.floating(result, actual[i]) + ", not "
                        + NestRun.floating(result, expected[i])).isLessThanOrEqualTo(3);
            }
        }
    }

    /** In units of the last place of the dtype: a half float may be rounded to the other neighbour. */
    private static double error(DType dtype, double actual, double expected) {
        return dtype.isHalf() && Double.isFinite(actual) && Double.isFinite(expected)
                ? Math.abs(actual - expected) / Rounding.ulp(dtype, expected)
                : dtype == DType.FLOAT64 ? Accuracy.ulps(actual, expected) : Accuracy.ulps((float) actual, expected);
    }

    @Test
    void extremaWithConstantsAreAsDefined() {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            for (double constant : new double[] {0.0, -0.0, 1, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
                for (ScalarFn fn : List.of(ScalarFn.MAX, ScalarFn.MIN)) {
                    for (List<Integer> order : List.of(List.of(0, 1), List.of(1, 0))) {
                        NestRun run = run(List.of(dtype),
                                List.of(new Term.Literal(dtype, NestRun.bits(dtype, constant)),
                                new Term.Apply(fn, dtype, order)), dtype, false);
                        compare(run, 1, dtype, fn.text() + " with " + constant);
                    }
                }
            }
        }
    }

    @Test
    void conversionsAreAsDefined() {
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                compare(run(List.of(from), List.of(new Term.Cast(to, 0)), to, false), 1, to,
                        from + " to " + to);
            }
        }
    }

    @Test
    void divisionByZeroFailsTheRun() {
        for (DType dtype : List.of(DType.INT32, DType.INT64, DType.INT8, DType.UINT16, DType.UINT32, DType.UINT64)) {
            for (ScalarFn fn : List.of(ScalarFn.DIV, ScalarFn.REM)) {
                NestRun run = run(List.of(dtype, dtype), List.of(new Term.Apply(fn, dtype, List.of(0, 1))),
                        dtype, false);
                run.scheduled(NestRun.WIDE, Failure.DIVISION_BY_ZERO.code());
            }
        }
    }

    @Test
    void randomWordsAreThoseOfPhilox() {
        int count = 300;
        for (int word = 0; word < 4; word++) {
            List<Term> terms = List.of(new Term.Element(0, DType.INT64), new Term.Position(0),
                    new Term.Random(0x123456789L, -77, word, 1, 0));
            long run = 0x700000005L;
            NestRun nest = new NestRun(new Nest("random", List.of(Dim.of(count)), List.of(),
                    List.of(new Nest.Input(0, new IndexMap(List.of()))), terms, List.of(),
                    List.of(new Nest.Output(1, IndexMap.identity(1, 1), 2))),
                    List.of(new Buffer(0, "run", new TensorType(DType.INT64, Shape.SCALAR), Layout.ROW_MAJOR,
                            new Buffer.Role.RunNumber()), buffer(1, DType.INT32, count)),
                    List.of(new long[] {run}, new long[count]), symbol -> 0);
            long[] actual = nest.scheduled(NestRun.WIDE).get(1);
            for (int i = 0; i < count; i++) {
                assertThat(actual[i]).isEqualTo(Philox.word(i, run, 0x123456789L, -77, word));
            }
        }
    }
}
