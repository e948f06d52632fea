package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.program.Compilation;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.ProgramRunner;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Functions on arrays that several threads share: the same bits for every number of threads, those of the
 * program, which lie near the interpreter's.
 */
final class ThreadsTest {
    private static final int MOST_THREADS = 3;

    private static final List<LlvmBackend> BACKENDS = IntStream.rangeClosed(1, MOST_THREADS)
            .mapToObj(threads -> LlvmBackend.of(ProgramCheck.llvm(), threads)).toList();

    private final List<DynamicTest> tests = new ArrayList<>();

    @AfterAll
    static void stop() {
        BACKENDS.forEach(LlvmBackend::close);
    }

    @TestFactory
    Stream<DynamicTest> largeFunctions() {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32)) {
            add("matmul " + dtype, dtype, List.of("130,257", "257,110"),
                    (b, p) -> b.contract("mk", "kn", "mn", p.get(0), p.get(1)));
            add("sum of all " + dtype, dtype, List.of("1000,333"), (b, p) -> b.reduceSum(p.get(0), List.of(0, 1)));
        }
        add("sum of rows", DType.FLOAT32, List.of("2000,333"), (b, p) -> b.reduceSum(p.get(0), List.of(1)));
        add("sum of columns", DType.FLOAT32, List.of("2000,333"), (b, p) -> b.reduceSum(p.get(0), List.of(0)));
        add("transposed", DType.FLOAT32, List.of("513,700"), (b, p) -> b.transpose(p.get(0), List.of(1, 0)));
        add("broadcast row", DType.FLOAT32, List.of("413,700", "700"),
                (b, p) -> b.times(p.get(0), b.broadcast(p.get(1), p.get(0).shape(), List.of(1))));
        add("weights' gradient", DType.FLOAT32, List.of("64,1000", "64,100"),
                (b, p) -> b.contract("bk", "bn", "kn", p.get(0), p.get(1)));
        add("both transposed", DType.FLOAT32, List.of("257,100", "210,257"),
                (b, p) -> b.contract("km", "nk", "mn", p.get(0), p.get(1)));
        add("batched", DType.FLOAT32, List.of("7,65,40", "7,40,33"),
                (b, p) -> b.contract("bmk", "bkn", "bmn", p.get(0), p.get(1)));
        add("long contraction", DType.FLOAT32, List.of("3,30001", "30001,2"),
                (b, p) -> b.contract("mk", "kn", "mn", p.get(0), p.get(1)));
        add("dense layer", DType.FLOAT32, List.of("100,150", "150,170", "170"), ThreadsTest::dense);
        add("softmax", DType.FLOAT32, List.of("700,513"), ThreadsTest::softmax);
        add("layer norm", DType.FLOAT32, List.of("400,513"), ThreadsTest::layerNorm);
        add("largest of all", DType.FLOAT32, List.of("600,777"),
                (b, p) -> b.reduce(ReduceFn.MAX, p.get(0), List.of(0, 1)));
        add("middle axis", DType.FLOAT32, List.of("30,400,50"), (b, p) -> b.reduceSum(p.get(0), List.of(1)));
        add("joined", DType.FLOAT32, List.of("300,200", "300,177"), (b, p) -> b.concat(1, p));
        add("chain", DType.FLOAT32, List.of("200003"),
                (b, p) -> b.map(ScalarFn.TANH, b.times(b.map(ScalarFn.EXP, p.get(0)), 0.25)));
        add("random", DType.FLOAT32, List.of("100003"), (b, p) -> b.convert(b.add(
                new RandomBits(1, 2, 3, p.get(0).shape()), b.convert(b.dimSize(Dim.of(9)), DType.INT64)),
                DType.FLOAT32));
        return tests.stream();
    }

    private static Value dense(Builder b, List<Value> p) {
        Value product = b.contract("mk", "kn", "mn", p.get(0), p.get(1));
        Value sum = b.plus(product, b.broadcast(p.get(2), product.shape(), List.of(1)));
        return b.map(ScalarFn.MAX, sum, b.fullLike(sum, 230));
    }

    private static Value softmax(Builder b, List<Value> p) {
        Value x = p.getFirst();
        Value most = b.reduce(ReduceFn.MAX, x, List.of(1));
        Value e = b.map(ScalarFn.EXP, b.minus(x, b.broadcast(most, x.shape(), List.of(0))));
        return b.div(e, b.broadcast(b.reduceSum(e, List.of(1)), x.shape(), List.of(0)));
    }

    private static Value layerNorm(Builder b, List<Value> p) {
        Value x = p.getFirst();
        Value mean = b.times(b.reduceSum(x, List.of(1)), 1.0 / 513);
        Value centred = b.minus(x, b.broadcast(mean, x.shape(), List.of(0)));
        Value variance = b.times(b.reduceSum(b.times(centred, centred), List.of(1)), 1.0 / 513);
        return b.times(centred, b.broadcast(b.map(ScalarFn.RSQRT, variance), x.shape(), List.of(0)));
    }

    private void add(String name, DType dtype, List<String> shapes, BiFunction<Builder, List<Value>, Value> body) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        List<NDArray> inputs = shapes.stream().map(shape -> positive(random, dtype, sizes(shape))).toList();
        tests.add(DynamicTest.dynamicTest(name, () -> check(function(dtype, inputs, false, body), inputs)));
        tests.add(DynamicTest.dynamicTest(name + " of unknown sizes",
                () -> check(function(dtype, inputs, true, body), inputs)));
    }

    private static long[] sizes(String shape) {
        return Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
    }

    /** Numbers of one sign, so that no sum cancels. */
    private static NDArray positive(SplittableRandom random, DType dtype, long... sizes) {
        NDArray array = NDArray.zeros(dtype, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            if (dtype.isFloat()) {
                array.setDouble(i, random.nextDouble(0.5, 2));
            } else {
                array.setLong(i, random.nextInt());
            }
        }
        return array;
    }

    /** A function of parameters of the arrays' sizes; equal ones share a symbol where they are unknown. */
    private static Function function(DType dtype, List<NDArray> inputs, boolean unknown,
            BiFunction<Builder, List<Value>, Value> body) {
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        for (NDArray input : inputs) {
            List<Dim> dims = Arrays.stream(input.sizes()).mapToObj(
                    size -> unknown ? Dim.symbol("n" + size) : Dim.of(size)).toList();
            parameters.add(b.add(new Parameter("p" + parameters.size(), new TensorType(dtype, new Shape(dims)))));
        }
        Value result = body.apply(b, parameters);
        return new Function("large", parameters, List.of(result), b.locations());
    }

    private static void check(Function function, List<NDArray> inputs) {
        NDArray expected = Interpreter.run(function, inputs).getFirst();
        List<NDArray> found = new ArrayList<>();
        for (LlvmBackend backend : BACKENDS) {
            Compilation compilation = Compilation.compile(function, java.util.Map.of(), backend.target(),
                    Compilation.Options.defaults());
            try (CompiledProgram code = backend.compile(compilation.program())) {
                int threads = backend.target().threads();
                found.add(run(compilation, code, inputs, threads));
                if (threads == MOST_THREADS) {
                    found.add(run(compilation, code, inputs, 2));
                    found.add(run(compilation, new InterpretedBackend(backend.target())
                            .compile(compilation.program()), inputs, threads));
                }
            }
        }
        for (NDArray result : found) {
            assertThat(Tolerance.EXACT.mismatch(found.getFirst(), result)).isEmpty();
            assertThat(Tolerance.ulps(expected.dtype() == DType.FLOAT32 ? 100 : 1 << 12)
                    .withAbsolute(expected.dtype() == DType.FLOAT32 ? 1e-5 : 1e-13)
                    .mismatch(expected, result)).isEmpty();
        }
    }

    private static NDArray run(Compilation compilation, CompiledProgram code, List<NDArray> inputs, int threads) {
        return ProgramRunner.run(compilation.function(), compilation.program(), code, inputs, threads).getFirst();
    }
}
