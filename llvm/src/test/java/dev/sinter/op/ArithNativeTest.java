package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.Interpreter;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.plan.Buffer;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.Frame;
import dev.sinter.program.Program;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Native arithmetic gives the bits of the kernel interpreter, in scalars and in vectors. */
@TestInstance(Lifecycle.PER_CLASS)
final class ArithNativeTest {
    /** One dtype for each kind of register. */
    private static final List<DType> DTYPES =
            List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64, DType.BOOL);
    private static final List<Double> SPECIAL = List.of(0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -2.5, 3.0, 1e30, -1e30, 1e-40,
            Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2147483648.0, -9.3e18, 7.0, 33.0, 1.5e-45,
            16777217.0, 1e300);
    private static final List<Long> WHOLE = List.of(0L, 1L, -1L, 2L, 7L, -7L, 31L, 33L, 65L, 1L << 31, -(1L << 31),
            Long.MAX_VALUE, Long.MIN_VALUE, 0x123456789ABCDEFL, 1000003L);

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
    @EnumSource(ArithOp.class)
    void nativeBitsAreTheInterpreters(ArithOp op) {
        for (DType dtype : DTYPES) {
            for (DType result : results(op, dtype)) {
                for (int lanes : new int[] {1, 4, 8, 16}) {
                    check(op, dtype, result, lanes);
                }
            }
        }
    }

    private static Set<DType> results(ArithOp op, DType dtype) {
        boolean bool = dtype == DType.BOOL;
        return switch (op) {
            case ADD, SUB, MUL, DIV, NEG, ABS, MIN, MAX -> bool ? Set.of() : Set.of(dtype);
            case REM, SHL, LSHR, ASHR -> dtype.isInteger() ? Set.of(dtype) : Set.of();
            case MULHI_U -> dtype == DType.INT32 ? Set.of(dtype) : Set.of();
            case ROUND_F16, ROUND_BF16 -> dtype == DType.FLOAT32 ? Set.of(dtype) : Set.of();
            case FMA, SCALE, SQRT, FLOOR, CEIL, RINT, TRUNC -> dtype.isFloat() ? Set.of(dtype) : Set.of();
            case AND, OR, XOR, NOT -> dtype.isFloat() ? Set.of() : Set.of(dtype);
            case EQ, NE, LT, LE, GT, GE -> bool ? Set.of() : Set.of(DType.BOOL);
            case SELECT -> Set.of(dtype);
            case CONVERT -> Set.copyOf(DTYPES);
            case BITCAST -> switch (dtype) {
                case FLOAT32 -> Set.of(DType.INT32);
                case INT32 -> Set.of(DType.FLOAT32);
                case FLOAT64 -> Set.of(DType.INT64);
                case INT64 -> Set.of(DType.FLOAT64);
                default -> Set.of();
            };
        };
    }

    private void check(ArithOp op, DType dtype, DType result, int lanes) {
        long values = dtype.isFloat() ? SPECIAL.size() : WHOLE.size();
        long count = (values * values + lanes - 1) / lanes * lanes;
        Kernel kernel = kernel(op, dtype, result, lanes, count);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = operands(arena, dtype, count, 0);
            MemorySegment y = switch (op) {
                case DIV, REM -> divisors(arena, dtype, count);
                case SCALE -> exponents(arena, dtype, count, x);
                default -> operands(arena, dtype, count, 1);
            };
            MemorySegment z = operands(arena, dtype, count, 2);
            MemorySegment condition = operands(arena, DType.BOOL, count, 2);
            MemorySegment expected = arena.allocate(count * result.bytes(), 64);
            MemorySegment actual = arena.allocate(count * result.bytes(), 64);
            List<MemorySegment> inputs = List.of(x, y, z, condition);
            List<MemorySegment> all = new ArrayList<>(inputs);
            all.add(expected);
            assertThat(new Interpreter(kernel).run(all, Dim::constant)).isZero();
            List<Buffer> buffers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                buffers.add(new Buffer(i, "b" + i, new TensorType(kernel.buffers().get(i).dtype(),
                        Shape.shape(count)), Layout.ROW_MAJOR, new Buffer.Role.Input(i)));
            }
            Program program = new Program("arith", buffers, List.of(),
                    List.of(new Program.Step.Launch(kernel, List.of(0, 1, 2, 3, 4))));
            try (CompiledProgram compiled = backend.compile(program); Frame frame = compiled.newFrame()) {
                for (int i = 0; i < inputs.size(); i++) {
                    frame.setBuffer(i, inputs.get(i));
                }
                frame.setBuffer(4, actual);
                frame.setThreads(2);
                assertThat(frame.run()).isZero();
            }
            for (long i = 0; i < count; i++) {
                assertThat(text(actual, result, i))
                        .as("%s of %s to %s with %d lanes on %s, %s, %s", op, dtype, result, lanes,
                                text(x, dtype, i), text(y, dtype, i), text(z, dtype, i))
                        .isEqualTo(text(expected, result, i));
            }
        }
    }

    private static Kernel kernel(ArithOp op, DType dtype, DType result, int lanes, long count) {
        KernelBuilder b = new KernelBuilder("arith");
        int x = b.buffer("x", dtype, Kernel.Access.READ, Dim.of(count));
        int y = b.buffer("y", dtype, Kernel.Access.READ, Dim.of(count));
        int z = b.buffer("z", dtype, Kernel.Access.READ, Dim.of(count));
        int condition = b.buffer("condition", DType.BOOL, Kernel.Access.READ, Dim.of(count));
        int out = b.buffer("out", result, Kernel.Access.WRITE, Dim.of(count));
        Reg offset = b.mul(b.tile(), lanes);
        Reg a = b.load(x, offset, lanes);
        Reg value = switch (op) {
            case SELECT -> b.select(b.load(condition, offset, lanes), a, b.load(y, offset, lanes));
            case CONVERT -> b.convert(a, Kind.of(result));
            case BITCAST -> b.bitcast(a, Kind.of(result));
            case FMA -> b.fma(a, b.load(y, offset, lanes), b.load(z, offset, lanes));
            default -> op.arity() == 1 ? b.arith(op, a) : b.arith(op, a, b.load(y, offset, lanes));
        };
        assertThat(value.type()).isEqualTo(RegType.of(result, lanes));
        b.store(out, offset, value);
        return b.build(Dim.of(count / lanes), new Kernel.Work(Dim.ZERO, Dim.ZERO));
    }

    private static MemorySegment operands(Arena arena, DType dtype, long count, int which) {
        MemorySegment memory = arena.allocate(count * dtype.bytes(), 64);
        for (long i = 0; i < count; i++) {
            int values = dtype.isFloat() ? SPECIAL.size() : WHOLE.size();
            int at = (int) ((which == 0 ? i / values : which == 1 ? i : i * 7 + 3) % values);
            set(memory, dtype, i, at);
        }
        return memory;
    }

    private static MemorySegment divisors(Arena arena, DType dtype, long count) {
        MemorySegment memory = operands(arena, dtype, count, 1);
        for (long i = 0; i < count && dtype.isInteger(); i++) {
            if (text(memory, dtype, i).equals("0")) {
                set(memory, dtype, i, 1);
            }
        }
        return memory;
    }

    /** Exponents of both signs, half of which leaves each number normal. */
    private static MemorySegment exponents(Arena arena, DType dtype, long count, MemorySegment numbers) {
        MemorySegment memory = arena.allocate(count * dtype.bytes(), 64);
        for (long i = 0; i < count; i++) {
            if (dtype == DType.FLOAT32) {
                int exponent = Math.getExponent(numbers.getAtIndex(ValueLayout.JAVA_FLOAT, i));
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, exponentOf(exponent, 127, i));
            } else {
                int exponent = Math.getExponent(numbers.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
                memory.setAtIndex(ValueLayout.JAVA_DOUBLE, i, exponentOf(exponent, 1023, i));
            }
        }
        return memory;
    }

    private static int exponentOf(int exponent, int bias, long i) {
        boolean special = Math.abs(exponent) >= bias;
        int least = special ? 0 : Math.max(2 - 2 * bias, 2 * (2 - bias - exponent));
        int most = special ? 2 * bias - 2 : Math.min(2 * bias - 2, 2 * (bias - 2 - exponent));
        return least + (int) (i * 7919 % (most - least + 1));
    }

    private static void set(MemorySegment memory, DType dtype, long i, int at) {
        switch (dtype) {
            case FLOAT32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, SPECIAL.get(at).floatValue());
            case FLOAT64 -> memory.setAtIndex(ValueLayout.JAVA_DOUBLE, i, SPECIAL.get(at));
            case INT32 -> memory.setAtIndex(ValueLayout.JAVA_INT, i, WHOLE.get(at).intValue());
            case INT64 -> memory.setAtIndex(ValueLayout.JAVA_LONG, i, WHOLE.get(at));
            default -> memory.set(ValueLayout.JAVA_BYTE, i, (byte) (at % 2));
        }
    }

    /** The bits, all NaN being one; so that zeros of different sign differ. */
    private static String text(MemorySegment memory, DType dtype, long i) {
        return switch (dtype) {
            case FLOAT32 -> Float.toString(memory.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            case FLOAT64 -> Double.toString(memory.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
            case INT32 -> Integer.toString(memory.getAtIndex(ValueLayout.JAVA_INT, i));
            case INT64 -> Long.toString(memory.getAtIndex(ValueLayout.JAVA_LONG, i));
            default -> Byte.toString(memory.get(ValueLayout.JAVA_BYTE, i));
        };
    }
}
