package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.Failure;
import dev.sinter.kernel.Instr;
import dev.sinter.kernel.Interpreter;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Parser;
import dev.sinter.kernel.Printer;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.kernel.Verifier;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KernelTextTest {
    private static final Dim N = Dim.symbol("n");

    /** {@code y = 2 x + 1} and the sum of x, in vectors of 4 with a masked rest. */
    private static Kernel sample() {
        KernelBuilder k = new KernelBuilder("twice \"plus\" one");
        int x = k.buffer("x", DType.FLOAT32, Access.READ, N);
        int y = k.buffer("y", DType.FLOAT32, Access.WRITE, N);
        int sum = k.buffer("sum", DType.FLOAT32, Access.WRITE, Dim.ONE);
        Reg n = k.size(N);
        RegType vector = new RegType(Kind.F32, 4);
        List<Reg> sums = k.loop(k.index(0), n, 4, List.of(k.number(vector, 0)), (i, carried) -> {
            Reg lanes = k.add(k.splat(i, 4), k.lanes(Kind.I64, 4));
            Optional<Reg> mask = Optional.of(k.lt(lanes, k.splat(n, 4)));
            Reg loaded = k.load(x, i, 4, mask);
            k.store(y, i, k.fma(loaded, k.number(vector, 2), k.number(vector, 1)), mask);
            return List.of(k.add(carried.getFirst(), loaded));
        });
        Reg total = k.fold(ArithOp.ADD, sums.getFirst());
        Reg negative = k.lt(total, k.f32(0));
        k.fail(negative, Failure.INDEX_OUT_OF_RANGE);
        List<Reg> chosen = k.choose(negative, () -> List.of(k.neg(total)), () -> List.of(total));
        k.store(sum, k.index(0), chosen.getFirst());
        return k.build(Dim.ONE, new Kernel.Work(N.times(2), N.times(8)));
    }

    @Test
    void operandsInEitherOrderAreOneInstruction() {
        KernelBuilder k = new KernelBuilder("orders");
        int x = k.buffer("x", DType.FLOAT32, Access.READ, Dim.of(2));
        Reg a = k.load(x, k.index(0), 1);
        Reg b = k.load(x, k.index(1), 1);
        assertThat(k.mul(b, a)).isEqualTo(k.mul(a, b));
        assertThat(k.fma(b, a, b)).isEqualTo(k.fma(a, b, b)).isNotEqualTo(k.fma(a, b, a));
        assertThat(k.add(k.f32(2), a)).isEqualTo(k.add(a, k.f32(2)));
        assertThat(k.sub(b, a)).isNotEqualTo(k.sub(a, b));
        assertThat(k.max(b, a)).as("which operand is NaN decides").isNotEqualTo(k.max(a, b));
    }

    @Test
    void textIsReadBack() {
        String text = Printer.print(sample());
        assertThat(Parser.parse(text)).isEqualTo(sample());
        assertThat(Printer.print(Parser.parse(text))).isEqualTo(text);
        assertThat(text).startsWith("sinter kernel 1\n").contains("fold add").contains("} else {");
    }

    @Test
    void wrongTextNamesTheLine() {
        String text = Printer.print(sample()).replace("fold add", "fold plus");
        assertThatThrownBy(() -> Parser.parse(text)).isInstanceOf(GraphException.class)
                .hasMessageContaining("line ");
        assertThatThrownBy(() -> Parser.parse("")).isInstanceOf(GraphException.class)
                .hasMessageContaining("header");
    }

    @Test
    void interpreterRunsIt() {
        Verifier.verify(sample());
        for (int n : new int[] {0, 1, 4, 7}) {
            float[] x = new float[n];
            for (int i = 0; i < n; i++) {
                x[i] = i - 1;
            }
            float[] y = new float[n];
            float[] sum = new float[1];
            int code = new Interpreter(sample())
                    .run(List.of(MemorySegment.ofArray(x), MemorySegment.ofArray(y),
                    MemorySegment.ofArray(sum)), dim -> dim.evaluate(symbol -> n));
            float expected = n * (n - 1) / 2 - n;
            assertThat(sum[0]).isEqualTo(Math.abs(expected));
            assertThat(code).isEqualTo(expected < 0 ? Failure.INDEX_OUT_OF_RANGE.code() : 0);
            for (int i = 0; i < n; i++) {
                assertThat(y[i]).isEqualTo(2 * x[i] + 1);
            }
        }
    }

    @Test
    void builderFoldsHoistsAndSharesWhatIsPure() {
        KernelBuilder k = new KernelBuilder("k");
        int x = k.buffer("x", DType.INT64, Access.READ_WRITE, N);
        assertThat(k.mul(k.size(N), k.index(1))).isEqualTo(k.size(N));
        assertThat(k.constantBits(k.add(k.index(2), k.index(3)))).hasValue(5);
        k.loop(k.index(0), k.size(N), 1, i -> {
            Reg outside = k.mul(k.size(N), k.size(N));
            assertThat(k.mul(k.size(N), k.size(N))).isEqualTo(outside);
            k.store(x, i, k.add(outside, i));
        });
        Kernel kernel = k.build(Dim.ONE, new Kernel.Work(Dim.ZERO, Dim.ZERO));
        Verifier.verify(kernel);
        Instr.Loop loop = (Instr.Loop) kernel.body().instrs().getLast();
        assertThat(loop.body().instrs()).hasSize(2);
    }

    @Test
    void verifierRejectsUnclampedAddresses() {
        for (boolean clamped : new boolean[] {true, false}) {
            KernelBuilder k = new KernelBuilder("k");
            int at = k.buffer("at", DType.INT64, Access.READ, Dim.ONE);
            int x = k.buffer("x", DType.FLOAT32, Access.READ, N);
            int y = k.buffer("y", DType.FLOAT32, Access.WRITE, Dim.ONE);
            Reg start = k.max(k.load(at, k.index(0), 1), k.index(0));
            Reg offset = clamped ? k.min(start, k.sub(k.size(N), k.index(1))) : start;
            k.store(y, k.index(0), k.load(x, offset, 1));
            Kernel kernel = k.build(Dim.ONE, new Kernel.Work(Dim.ZERO, Dim.ZERO));
            if (clamped) {
                Verifier.verify(kernel);
            } else {
                assertThatThrownBy(() -> Verifier.verify(kernel)).isInstanceOf(CompilerBug.class)
                        .hasMessageContaining("not clamped");
            }
        }
    }

    @Test
    void verifierRejectsWrongTypesAndOrder() {
        Reg a = new Reg(1, new RegType(Kind.F32, 4));
        Reg b = new Reg(2, new RegType(Kind.F32, 8));
        Kernel wrongType = kernel(new Instr.Const(a, 0), new Instr.Arith(b, ArithOp.NEG, List.of(a)));
        assertThatThrownBy(() -> Verifier.verify(wrongType)).isInstanceOf(CompilerBug.class);
        Kernel wrongOrder = kernel(new Instr.Arith(a, ArithOp.NEG, List.of(a)));
        assertThatThrownBy(() -> Verifier.verify(wrongOrder)).hasMessageContaining("not defined");
        Kernel twice = kernel(new Instr.Const(a, 0), new Instr.Const(a, 0));
        assertThatThrownBy(() -> Verifier.verify(twice)).hasMessageContaining("twice");
    }

    private static Kernel kernel(Instr... instrs) {
        return new Kernel("k", List.of(), new Reg(0, RegType.INDEX), Dim.ONE,
                new Instr.Body(List.of(instrs), List.of()),
                new Kernel.Work(Dim.ZERO, Dim.ZERO));
    }
}
