package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Layout;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.op.Loop.Trips;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Buffer.Role;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Where the threads of a program meet, read from its LLVM IR. */
final class MeetingsTest {
    private static final Dim N = Dim.symbol("n");
    private static final TensorType SCALAR = new TensorType(DType.INT64, Shape.SCALAR);
    private static final TensorType VECTOR = new TensorType(DType.INT64, Shape.of(N));
    private static final TensorType MATRIX = new TensorType(DType.INT64, Shape.of(Dim.of(4), N));

    private final List<Buffer> buffers = new ArrayList<>();

    @Test
    void threadsMeetBeforeATemporaryThatMayLieWhereRowsWereRead() {
        int x = buffer(MATRIX, new Role.Input(0));
        int w = buffer(VECTOR, new Role.Input(1));
        int y = buffer(MATRIX, new Role.Output(0));
        int v = buffer(VECTOR, new Role.Output(1));
        int s = buffer(MATRIX, new Role.Temporary());
        int z = buffer(VECTOR, new Role.Temporary());
        String text = text(
                counted(List.of(row(x), row(s)), "filled"),
                counted(List.of(row(s), row(y)), "read"),
                new Step.Launch(map("later", N), List.of(w, z)),
                new Step.Launch(map("last", N), List.of(z, v)));
        assertThat(between(text, "read", "later")).contains("@sinter_barrier(");
    }

    @Test
    void threadsMeetBeforeRowsOfATemporaryThatMayLieWhereAnotherWasRead() {
        int x = buffer(MATRIX, new Role.Input(0));
        int w = buffer(VECTOR, new Role.Input(1));
        int y = buffer(MATRIX, new Role.Output(0));
        int v = buffer(VECTOR, new Role.Output(1));
        int s = buffer(MATRIX, new Role.Temporary());
        int z = buffer(VECTOR, new Role.Temporary());
        String text = text(
                new Step.Launch(map("first", N), List.of(w, z)),
                new Step.Launch(map("earlier", N), List.of(z, v)),
                counted(List.of(row(x), row(s)), "filled"),
                counted(List.of(row(s), row(y)), "read"));
        assertThat(between(text, "earlier", "filled")).contains("@sinter_barrier(");
    }

    @Test
    void aLoopWithoutStepsIsTheFirstThreadsAlone() {
        int given = buffer(SCALAR, new Role.Input(0));
        int limit = buffer(SCALAR, new Role.Temporary());
        int count = buffer(SCALAR, new Role.Output(0));
        int yes = buffer(new TensorType(DType.BOOL, Shape.SCALAR), new Role.Input(1));
        String text = text(
                new Step.Launch(map("limit", Dim.ONE), List.of(given, limit)),
                new Step.Loop(new Trips(Optional.empty(), true, true, false), Optional.of(limit), Optional.of(yes),
                        Optional.of(yes), Optional.of(count), counter(), List.of(), List.of(), List.of()));
        assertThat(between(text, "limit", null)).containsPattern("(?s)br i1 %first, label %alone.*phi i64");
    }

    /** A thread that waits for nobody inside of a loop looks itself whether the run has failed. */
    @Test
    void allThreadsLeaveALoopOnAFaultWhoseTapesAreTheFirstThreadsAlone() {
        int x = buffer(MATRIX, new Role.Input(0));
        int y = buffer(MATRIX, new Role.Output(0));
        int given = buffer(SCALAR, new Role.Input(1));
        int tape = buffer(SCALAR, new Role.Tape());
        int element = row(tape);
        Step.Loop inner = new Step.Loop(new Trips(Optional.empty(), true, false, false), Optional.of(given),
                Optional.empty(), Optional.empty(), Optional.empty(), counter(), List.of(element), List.of(),
                List.of(new Step.Launch(map("noted", Dim.ONE), List.of(given, element))));
        List<Integer> rows = List.of(row(x), row(y));
        String text = text(new Step.Loop(Trips.of(Dim.of(4)), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), counter(), rows, List.of(), List.of(
                new Step.Launch(map("shared", N), rows), inner)));
        assertThat(between(text, "noted", null)).doesNotContain("@sinter_barrier(");
        long leaves = Pattern.compile("label %left\\.\\d+, label %sound").matcher(text).results().count();
        assertThat(leaves).as("after a piece of the tape, after an iteration of either loop").isEqualTo(3);
    }

    private int buffer(TensorType type, Role role) {
        buffers.add(new Buffer(buffers.size(), "b" + buffers.size(), type, Layout.ROW_MAJOR, role));
        return buffers.size() - 1;
    }

    private int row(int of) {
        TensorType type = buffers.get(of).type();
        boolean element = buffers.get(of).role() instanceof Role.Tape;
        return buffer(element ? type : VECTOR, new Role.Row(of));
    }

    private int counter() {
        return buffer(SCALAR, new Role.Counter());
    }

    /** A loop over rows whose step reads the first one and writes the second one. */
    private Step.Loop counted(List<Integer> rows, String name) {
        return new Step.Loop(Trips.of(Dim.of(4)), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), counter(), rows, List.of(), List.of(new Step.Launch(map(name, N), rows)));
    }

    private static Kernel map(String name, Dim tiles) {
        KernelBuilder b = new KernelBuilder(name);
        int in = b.buffer("in", DType.INT64, Kernel.Access.READ, tiles);
        int out = b.buffer("out", DType.INT64, Kernel.Access.WRITE, tiles);
        b.store(out, b.tile(), b.add(b.load(in, b.tile(), 1), 1));
        return b.build(tiles, new Kernel.Work(tiles, tiles));
    }

    private String text(Step... steps) {
        Program program = new Program("test", buffers, List.of(N, N.times(8)), List.of(steps));
        return LlvmBackend.modules(program, LlvmFixture.llvm().host()).getLast();
    }

    /** The text between the calls of two kernels, or behind the one of the first where there is no second. */
    private static String between(String program, String first, String second) {
        String code = program.substring(0, program.indexOf("\n}"));
        int start = code.indexOf("  ; " + first + "\n");
        int end = second == null ? code.length() : code.indexOf("  ; " + second + "\n");
        assertThat(start).isPositive();
        assertThat(end).isGreaterThan(start);
        return code.substring(start, end);
    }
}
