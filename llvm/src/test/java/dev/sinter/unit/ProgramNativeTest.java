package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Failure;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Reg;
import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.op.HostFunction;
import dev.sinter.plan.Buffer;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.Frame;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs of several steps do natively: order, copies, host calls, failures and cancellation. */
final class ProgramNativeTest {
    private static final Dim N = Dim.symbol("n");

    private LlvmBackend backend;
    private final Arena arena = Arena.ofShared();

    @BeforeEach
    void load() {
        backend = switch (Llvm.load()) {
            case Llvm.Availability.Available available -> LlvmBackend.of(available.llvm(), 4);
            case Llvm.Availability.Unavailable missing -> throw new AssertionError(missing.reason());
        };
    }

    @AfterEach
    void close() {
        backend.close();
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aStepSeesWhatEveryThreadHasWritten(int threads) {
        Kernel next = map("next", DType.INT64, 1);
        Kernel reversed = reversed();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            steps.add(new Step.Launch(next, List.of(0, 1)));
            steps.add(new Step.Launch(reversed, List.of(1, 0)));
        }
        Program program = program(DType.INT64, 2, steps);
        MemorySegment a = arena.allocate(1000 * 8, 64);
        try (CompiledProgram compiled = backend.compile(program); Frame frame = compiled.newFrame()) {
            bind(frame, 1000, a, arena.allocate(1000 * 8, 64));
            frame.setThreads(threads);
            for (int run = 0; run < 200; run++) {
                for (long i = 0; i < 1000; i++) {
                    a.setAtIndex(ValueLayout.JAVA_LONG, i, i);
                }
                assertThat(frame.run()).isZero();
                for (long i = 0; i < 1000; i++) {
                    assertThat(a.getAtIndex(ValueLayout.JAVA_LONG, i)).isEqualTo(i + 10);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 63, 64, 65, 1000, 4097})
    void aCopyIsWhole(long count) {
        Program program = program(DType.BOOL, 2, List.of(new Step.Copy(0, 1)));
        MemorySegment from = arena.allocate(Math.max(1, count), 64);
        MemorySegment to = arena.allocate(count + 64, 64);
        for (long i = 0; i < count; i++) {
            from.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31));
        }
        try (CompiledProgram compiled = backend.compile(program); Frame frame = compiled.newFrame()) {
            bind(frame, count, from, to);
            frame.setThreads(3);
            assertThat(frame.run()).isZero();
        }
        assertThat(MemorySegment.mismatch(from, 0, count, to, 0, count)).isEqualTo(-1);
        for (long i = count; i < count + 64; i++) {
            assertThat(to.get(ValueLayout.JAVA_BYTE, i)).isZero();
        }
    }

    @Test
    void aHostCallTakesAndGivesArrays() {
        HostFunction twice = host("twice", x -> {
            NDArray y = NDArray.zeros(x.dtype(), x.sizes());
            for (long i = 0; i < x.elementCount(); i++) {
                y.setLong(i, 2 * x.getLong(i));
            }
            return y;
        });
        Program program = program(DType.INT64, 3, List.of(new Step.Launch(map("next", DType.INT64, 1), List.of(0, 1)),
                new Step.CallHost(twice, List.of(1), List.of(2)),
                new Step.Launch(map("next", DType.INT64, 1), List.of(2, 0))));
        MemorySegment a = arena.allocate(100 * 8, 64);
        try (CompiledProgram compiled = backend.compile(program); Frame frame = compiled.newFrame()) {
            bind(frame, 100, a, arena.allocate(800, 64), arena.allocate(800, 64));
            frame.setThreads(2);
            assertThat(frame.run()).isZero();
        }
        for (long i = 0; i < 100; i++) {
            assertThat(a.getAtIndex(ValueLayout.JAVA_LONG, i)).isEqualTo(3);
        }
    }

    @Test
    void whatAHostCallThrowsFailsTheRunAndIsKept() {
        HostFunction wrong = host("wrong", x -> {
            throw new IllegalStateException("no");
        });
        HostFunction misshapen = host("misshapen", x -> NDArray.scalar(1L));
        for (HostFunction function : List.of(wrong, misshapen)) {
            Program program = program(DType.INT64, 2, List.of(new Step.CallHost(function, List.of(0), List.of(1)),
                    new Step.Launch(map("next", DType.INT64, 1), List.of(1, 0))));
            MemorySegment a = arena.allocate(800, 64);
            try (CompiledProgram compiled = backend.compile(program); Frame frame = compiled.newFrame()) {
                bind(frame, 100, a, arena.allocate(800, 64));
                assertThat(frame.run()).isEqualTo(Failure.HOST_CALL.code());
                assertThat(frame.hostFailure()).isPresent();
            }
            assertThat(a.getAtIndex(ValueLayout.JAVA_LONG, 5)).isZero();
        }
    }

    @Test
    void aCancelledRunStopsAndTheNextOneRuns() {
        Program program = program(DType.INT64, 2, List.of(new Step.Launch(map("next", DType.INT64, 1),
                List.of(0, 1))));
        MemorySegment b = arena.allocate(800, 64);
        try (CompiledProgram compiled = backend.compile(program); Frame frame = compiled.newFrame()) {
            bind(frame, 100, arena.allocate(800, 64), b);
            frame.setThreads(2);
            frame.cancel();
            assertThat(frame.run()).isEqualTo(Failure.CANCELLED.code());
            assertThat(b.getAtIndex(ValueLayout.JAVA_LONG, 7)).isZero();
            frame.clearCancel();
            assertThat(frame.run()).isZero();
            assertThat(b.getAtIndex(ValueLayout.JAVA_LONG, 7)).isEqualTo(1);
        }
    }

    @Test
    void afterThePointOfNoReturnARunIsNotCancelled() {
        List<Frame> running = new ArrayList<>();
        HostFunction cancels = host("cancels", x -> {
            running.getFirst().cancel();
            return x;
        });
        Program program = program(DType.INT64, 2, List.of(new Step.PointOfNoReturn(),
                new Step.CallHost(cancels, List.of(0), List.of(1)),
                new Step.Launch(map("next", DType.INT64, 1), List.of(1, 0))));
        MemorySegment a = arena.allocate(800, 64);
        try (CompiledProgram compiled = backend.compile(program); Frame frame = compiled.newFrame()) {
            running.add(frame);
            bind(frame, 100, a, arena.allocate(800, 64));
            frame.setThreads(2);
            assertThat(frame.run()).isZero();
        }
        assertThat(a.getAtIndex(ValueLayout.JAVA_LONG, 99)).isEqualTo(1);
    }

    @Test
    void aFailureIsReportedAndLaterStepsDoNotRun() {
        KernelBuilder b = new KernelBuilder("fails");
        int in = b.buffer("in", DType.INT64, Kernel.Access.READ, N);
        Reg value = b.load(in, b.tile(), 1);
        b.fail(b.eq(value, b.index(7)), Failure.DIVISION_BY_ZERO);
        Kernel fails = b.build(N, new Kernel.Work(N, N));
        Program program = program(DType.INT64, 2, List.of(new Step.Launch(fails, List.of(0)),
                new Step.PointOfNoReturn(), new Step.Launch(map("next", DType.INT64, 1), List.of(0, 1))));
        MemorySegment a = arena.allocate(800, 64);
        MemorySegment c = arena.allocate(800, 64);
        try (CompiledProgram compiled = backend.compile(program); Frame frame = compiled.newFrame()) {
            bind(frame, 100, a, c);
            frame.setThreads(2);
            a.setAtIndex(ValueLayout.JAVA_LONG, 42, 7);
            assertThat(frame.run()).isEqualTo(Failure.DIVISION_BY_ZERO.code());
            assertThat(c.getAtIndex(ValueLayout.JAVA_LONG, 0)).isZero();
            a.setAtIndex(ValueLayout.JAVA_LONG, 42, 8);
            assertThat(frame.run()).isZero();
            assertThat(c.getAtIndex(ValueLayout.JAVA_LONG, 42)).isEqualTo(9);
        }
    }

    @Test
    void aTimedProgramSaysHowLongEachStepTook() {
        Program program = program(DType.INT64, 2, List.of(new Step.Launch(map("next", DType.INT64, 1), List.of(0, 1)),
                new Step.Copy(0, 1), new Step.Launch(map("next", DType.INT64, 1), List.of(1, 0))));
        MemorySegment a = arena.allocate(8000, 64);
        MemorySegment b = arena.allocate(8000, 64);
        try (CompiledProgram compiled = backend.compile(program, true); Frame frame = compiled.newFrame();
                CompiledProgram plain = backend.compile(program); Frame untimed = plain.newFrame()) {
            bind(frame, 1000, a, b);
            frame.setThreads(2);
            assertThat(frame.run()).isZero();
            assertThat(frame.stepNanos()).hasSize(3);
            for (double nanos : frame.stepNanos()) {
                assertThat(nanos).isPositive();
            }
            bind(untimed, 1000, a, b);
            assertThat(untimed.run()).isZero();
            assertThat(untimed.stepNanos()).isEmpty();
        }
    }

    private static Kernel map(String name, DType dtype, long added) {
        KernelBuilder b = new KernelBuilder(name);
        int in = b.buffer("in", dtype, Kernel.Access.READ, N);
        int out = b.buffer("out", dtype, Kernel.Access.WRITE, N);
        b.store(out, b.tile(), b.add(b.load(in, b.tile(), 1), added));
        return b.build(N, new Kernel.Work(N, N));
    }

    private static Kernel reversed() {
        KernelBuilder b = new KernelBuilder("reversed");
        int in = b.buffer("in", DType.INT64, Kernel.Access.READ, N);
        int out = b.buffer("out", DType.INT64, Kernel.Access.WRITE, N);
        b.store(out, b.tile(), b.load(in, b.sub(b.sub(b.size(N), b.tile()), b.index(1)), 1));
        return b.build(N, new Kernel.Work(N, N));
    }

    private static Program program(DType dtype, int buffers, List<Step> steps) {
        List<Buffer> list = new ArrayList<>();
        for (int i = 0; i < buffers; i++) {
            list.add(new Buffer(i, "b" + i, new TensorType(dtype, Shape.of(N)), Layout.ROW_MAJOR,
                    new Buffer.Role.Input(i)));
        }
        return new Program("test", list, List.of(N, N.times(dtype.bytes())), steps);
    }

    private static void bind(Frame frame, long n, MemorySegment... buffers) {
        for (int i = 0; i < buffers.length; i++) {
            frame.setBuffer(i, buffers[i]);
        }
        long bytes = buffers[0].byteSize();
        frame.setSize(0, n);
        frame.setSize(1, n * Math.max(1, n == 0 ? 1 : bytes / n));
    }

    private static HostFunction host(String name, UnaryOperator<NDArray> body) {
        return new HostFunction() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<TensorType> infer(List<TensorType> operands) {
                return operands;
            }

            @Override
            public List<NDArray> call(List<NDArray> operands) {
                return List.of(body.apply(operands.getFirst()));
            }
        };
    }
}
