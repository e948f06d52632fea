package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Reg;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.op.Loop.Trips;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Buffer.Role;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Carry;
import dev.sinter.program.Program.Step;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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

    /** Which elements of sixteen a tile reads that writes its share of them. */
    private enum Reading {
        OWN, OWN_AND_ONE_MORE, ALL, EVERY_FOURTH
    }

    private static final TensorType ROWS = new TensorType(DType.INT64, Shape.of(Dim.of(16)));

    /** Writes the elements of its tile. */
    private static Kernel tiles(String name, int tiles, Reading reading) {
        KernelBuilder b = new KernelBuilder(name);
        int in = b.buffer("in", DType.INT64, Kernel.Access.READ, Dim.of(16));
        int out = b.buffer("out", DType.INT64, Kernel.Access.WRITE, Dim.of(16));
        int elements = 16 / tiles;
        Reg first = b.mul(b.tile(), elements);
        b.loop(b.index(0), b.index(elements), 1, i -> {
            Reg at = b.add(first, i);
            b.store(out, at, b.load(in, switch (reading) {
                case OWN -> at;
                case OWN_AND_ONE_MORE -> b.min(b.add(at, 1), b.index(15));
                case ALL -> b.sub(b.index(15), at);
                case EVERY_FOURTH -> b.add(b.tile(), b.mul(i, tiles));
            }, 1));
        });
        return b.build(Dim.of(tiles), new Kernel.Work(Dim.of(16), Dim.of(16)));
    }

    private int carried() {
        return buffer(ROWS, new Role.Carried());
    }

    /** A loop over a value that alternates between two memories, its body between what is before it and the end. */
    private String bodyOf(Function<Carry, List<Step>> body) {
        Carry carry = Carry.alternating(buffer(ROWS, new Role.Input(0)), carried(), carried(),
                buffer(ROWS, new Role.Output(0)), buffer(ROWS, new Role.Temporary()));
        return bodyOf(carry, body);
    }

    private String bodyInPlace(Function<Carry, List<Step>> body) {
        int current = carried();
        return bodyOf(Carry.inPlace(buffer(ROWS, new Role.Input(0)), current, buffer(ROWS, new Role.Output(0))), body);
    }

    private String bodyOf(Carry carry, Function<Carry, List<Step>> body) {
        String text = text(new Step.Loop(Trips.of(Dim.of(100)), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), counter(), List.of(), List.of(carry), body.apply(carry)));
        int start = text.indexOf("\nbody.");
        int end = text.indexOf("\nleft.");
        assertThat(start).isPositive();
        assertThat(end).isGreaterThan(start);
        return text.substring(start, end);
    }

    private static Step.Launch launch(Kernel kernel, int in, int out) {
        return new Step.Launch(kernel, List.of(in, out));
    }

    /** What nobody waits for each thread leaves by itself. */
    @Test
    void threadsDoNotMeetWhereEachReadsWhatItWroteBefore() {
        assertThat(bodyOf(carry -> List.of(launch(tiles("k", 4, Reading.OWN), carry.current(), carry.next()))))
                .doesNotContain("@sinter_barrier(").containsPattern("label %left\\.\\d+, label %sound");
        int between = buffer(ROWS, new Role.Temporary());
        assertThat(bodyOf(carry -> List.of(launch(tiles("k", 4, Reading.OWN), carry.current(), between),
                launch(tiles("l", 4, Reading.OWN), between, carry.next())))).doesNotContain("@sinter_barrier(");
        assertThat(bodyInPlace(carry -> List.of(launch(tiles("k", 4, Reading.OWN), carry.current(), between),
                launch(tiles("l", 4, Reading.OWN), between, carry.current())))).doesNotContain("@sinter_barrier(");
    }

    /** A thread's share of so many tiles is the same in all iterations. */
    @Test
    void sharesAreComputedOnce() {
        Kernel shared = tiles("k", 4, Reading.ALL);
        assertThat(bodyOf(carry -> List.of(launch(shared, carry.current(), carry.next())))).doesNotContain(" udiv ");
        int x = buffer(VECTOR, new Role.Input(0));
        int y = buffer(VECTOR, new Role.Output(0));
        String text = text(new Step.Launch(map("first", N), List.of(x, y)),
                new Step.Launch(map("second", N), List.of(y, x)));
        assertThat(between(text, "first", "second")).doesNotContain(" udiv ");
    }

    @Test
    void threadsMeetWhereOneReadsWhatAnotherWroteBefore() {
        for (Reading reading : List.of(Reading.OWN_AND_ONE_MORE, Reading.ALL, Reading.EVERY_FOURTH)) {
            assertThat(bodyOf(carry -> List.of(launch(tiles("k", 4, reading), carry.current(), carry.next()))))
                    .as("%s", reading).contains("@sinter_barrier(").doesNotContain("label %sound");
        }
    }

    /** A thread that is ahead writes what the others have yet to read. */
    @Test
    void threadsMeetBeforeOneWritesWhatAnotherReads() {
        int between = buffer(ROWS, new Role.Temporary());
        assertThat(between(bodyInPlace(carry -> List.of(
                launch(tiles("k", 4, Reading.OWN_AND_ONE_MORE), carry.current(), between),
                launch(tiles("l", 4, Reading.OWN), between, carry.current()))), "k", "l"))
                .contains("@sinter_barrier(");
    }

    @Test
    void threadsMeetBetweenLaunchesOfDifferentTiles() {
        int between = buffer(ROWS, new Role.Temporary());
        assertThat(between(bodyOf(carry -> List.of(launch(tiles("k", 4, Reading.OWN), carry.current(), between),
                launch(tiles("l", 2, Reading.OWN), between, carry.next()))), "k", "l")).contains("@sinter_barrier(");
    }

    @Test
    void threadsDoNotMeetWhereTilesMoveAlikeHoweverMany() {
        int current = buffer(VECTOR, new Role.Carried());
        int next = buffer(VECTOR, new Role.Carried());
        Carry carry = Carry.alternating(buffer(VECTOR, new Role.Input(0)), current, next,
                buffer(VECTOR, new Role.Output(0)), buffer(VECTOR, new Role.Temporary()));
        assertThat(bodyOf(carry, _ -> List.of(launch(map("k", N), current, next))))
                .doesNotContain("@sinter_barrier(");
    }

    /** The element of one iteration is not that of the other loop's, though tiles cut them alike. */
    @Test
    void threadsMeetBetweenRowsAndTheArrayThatTheyArePartsOf() {
        TensorType stack = new TensorType(DType.INT64, Shape.of(Dim.of(4), Dim.of(16)));
        int s = buffer(stack, new Role.Temporary());
        int element = buffer(ROWS, new Role.Row(s));
        int x = buffer(ROWS, new Role.Input(0));
        int y = buffer(ROWS, new Role.Output(0));
        Step.Loop loop = new Step.Loop(Trips.of(Dim.of(4)), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), counter(), List.of(element), List.of(),
                List.of(launch(tiles("k", 4, Reading.OWN), x, element)));
        String text = text(loop, launch(tiles("l", 4, Reading.OWN), s, y));
        assertThat(between(text, "k", "l")).contains("@sinter_barrier(");
    }

    @Test
    void threadsMeetBeforeTheyLookWhetherAnIterationFollows() {
        TensorType truth = new TensorType(DType.BOOL, Shape.SCALAR);
        int begins = buffer(truth, new Role.Input(1));
        int goesOn = buffer(truth, new Role.Temporary());
        Carry carry = Carry.alternating(buffer(ROWS, new Role.Input(0)), carried(), carried(),
                buffer(ROWS, new Role.Output(0)), buffer(ROWS, new Role.Temporary()));
        KernelBuilder b = new KernelBuilder("check");
        int in = b.buffer("in", DType.INT64, Kernel.Access.READ, Dim.of(16));
        int out = b.buffer("out", DType.BOOL, Kernel.Access.WRITE, Dim.ONE);
        b.store(out, b.index(0), b.lt(b.load(in, b.index(0), 1), b.index(9)));
        Kernel check = b.build(Dim.ONE, new Kernel.Work(Dim.ONE, Dim.ONE));
        String text = text(new Step.Loop(new Trips(Optional.empty(), true, true, false), Optional.empty(),
                Optional.of(begins), Optional.of(goesOn), Optional.empty(), counter(), List.of(), List.of(carry),
                List.of(launch(tiles("k", 4, Reading.OWN), carry.current(), carry.next()),
                        launch(check, carry.next(), goesOn))));
        assertThat(between(text, "check", null)).containsPattern("(?s)@sinter_barrier\\(.*load i8");
        assertThat(function(text)).doesNotContain("label %sound");
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

    /** The text up to the end of its first function. */
    private static String function(String text) {
        int end = text.indexOf("\n}");
        return end < 0 ? text : text.substring(0, end);
    }

    /** The text between the calls of two kernels, or behind the one of the first where there is no second. */
    private static String between(String program, String first, String second) {
        String code = function(program);
        int start = code.indexOf("  ; " + first + "\n");
        int end = second == null ? code.length() : code.indexOf("  ; " + second + "\n");
        assertThat(start).isPositive();
        assertThat(end).isGreaterThan(start);
        return code.substring(start, end);
    }
}
