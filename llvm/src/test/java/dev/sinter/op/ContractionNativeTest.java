package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.schedule.ProductLayouts;
import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.program.Compilation;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.ProgramRunner;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contractions natively: the bits of the kernel interpreter on any number of threads, and near exact sums. */
@TestInstance(Lifecycle.PER_CLASS)
final class ContractionNativeTest {
    private static final Map<Character, Integer> LETTERS = Map.of('m', 0, 'k', 1, 'n', 2, 'b', 3);
    private static final List<long[]> SIZES = List.of(new long[] {7, 13, 19, 3}, new long[] {33, 100, 70, 2},
            new long[] {64, 65, 130, 1}, new long[] {5, 0, 3, 2}, new long[] {0, 4, 20, 2}, new long[] {1, 300, 40, 1},
            new long[] {8, 1100, 70, 2}, new long[] {3, 2061, 17, 1});

    private LlvmBackend backend;

    @BeforeAll
    void load() {
        backend = switch (Llvm.load()) {
            case Llvm.Availability.Available available -> LlvmBackend.of(available.llvm(), 2);
            case Llvm.Availability.Unavailable missing -> throw new AssertionError(missing.reason());
        };
    }

    @AfterAll
    void close() {
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mk,kn->mn", "km,kn->mn", "mk,nk->mn", "km,nk->mn", "mk,kn->nm", "bmk,bkn->bmn", "k,kn->n",
        "mk,k->m", "bmk,kn->bmn", "mkb,bkn->mn"})
    void nativeSumsAreTheInterpreters(String equation) {
        for (long[] sizes : SIZES) {
            check(equation, sizes, DType.FLOAT32, false);
            check(equation, sizes, DType.FLOAT32, true);
        }
        check(equation, SIZES.getFirst(), DType.FLOAT64, false);
        check(equation, SIZES.get(1), DType.INT32, true);
    }

    /** The sum with a bias over the last axis, a rectifier, and the sum itself. */
    private static Function function(String equation, long[] sizes, DType dtype, boolean open) {
        String[] parts = equation.split(",|->");
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", type(dtype, parts[0], sizes, open)));
        Value state = b.add(new InitialState("w", type(dtype, parts[1], sizes, false)));
        Value bias = b.add(new Parameter("bias", type(dtype, parts[2].substring(parts[2].length() - 1), sizes, open)));
        Value w = b.add(new Read(), state);
        Value sum = b.contract(parts[0], parts[1], parts[2], x, w);
        Value wide = b.broadcast(bias, sum.shape(), List.of(sum.shape().rank() - 1));
        Value result = b.map(ScalarFn.MAX, b.plus(sum, wide), b.zerosLike(sum));
        return new Function("contraction", List.of(x, state, bias), List.of(result, sum), b.locations());
    }

    /** With {@code open}, the size of m is the run's. */
    private static TensorType type(DType dtype, String letters, long[] sizes, boolean open) {
        List<Dim> dims = new ArrayList<>();
        for (char letter : letters.toCharArray()) {
            dims.add(open && letter == 'm' ? Dim.symbol("m") : Dim.of(sizes[LETTERS.get(letter)]));
        }
        return new TensorType(dtype, new Shape(dims));
    }

    private void check(String equation, long[] sizes, DType dtype, boolean open) {
        Function function = function(equation, sizes, dtype, open);
        Random random = new Random(5);
        List<NDArray> inputs = function.parameters().stream().map(parameter -> {
            NDArray array = NDArray.zeros(dtype, shape(parameter).dims().stream()
                    .mapToLong(dim -> dim.isConstant() ? dim.constant() : sizes[0]).toArray());
            for (long i = 0; i < array.elementCount(); i++) {
                if (dtype.isFloat()) {
                    array.setDouble(i, random.nextGaussian());
                } else {
                    array.setLong(i, random.nextInt(2000) - 1000);
                }
            }
            return array;
        }).toList();
        Compilation compilation = Compilation.compile(function, Map.of(), backend.target(),
                Compilation.Options.defaults().withLayouts(new ProductLayouts(backend.target())));
        List<NDArray> exact = Interpreter.run(function, inputs);
        List<NDArray> expected = run(new InterpretedBackend(backend.target()), compilation, inputs, 1);
        for (int threads = 1; threads <= 2; threads++) {
            List<NDArray> actual = run(backend, compilation, inputs, threads);
            for (int result = 0; result < expected.size(); result++) {
                String what = equation + " " + java.util.Arrays.toString(sizes) + (open ? " open " : " ") + dtype;
                for (long i = 0; i < expected.get(result).elementCount(); i++) {
                    double value = actual.get(result).getDouble(i);
                    assertThat(value).as(what).isEqualTo(expected.get(result).getDouble(i));
                    double tolerance = dtype == DType.FLOAT64 ? 1e-12 : dtype == DType.FLOAT32
                            ? Math.max(1e-4, 3e-7 * sizes[1] * sizes[3]) : 0;
                    assertThat(value).as(what).isCloseTo(exact.get(result).getDouble(i),
                            org.assertj.core.data.Offset.offset(tolerance));
                }
            }
        }
    }

    private static Shape shape(Value parameter) {
        return parameter.type() instanceof StateType state ? state.content().shape() : parameter.shape();
    }

    private static List<NDArray> run(dev.sinter.program.Backend backend, Compilation compilation,
            List<NDArray> inputs, int threads) {
        try (CompiledProgram compiled = backend.compile(compilation.program(), false)) {
            return ProgramRunner.run(compilation.function(), compilation.program(), compiled, inputs, threads);
        }
    }
}
