package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Failure;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Layout;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Loop.Trips;
import dev.sinter.op.Parameter;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.program.Compilation;
import dev.sinter.program.Frame;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramParser;
import dev.sinter.program.ProgramPrinter;
import dev.sinter.program.ProgramRunner;
import dev.sinter.program.ProgramVerifier;
import dev.sinter.program.Target;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramTest {
    private static final InterpretedBackend BACKEND = new InterpretedBackend();

    private static Compilation compile(String parameters, String body) {
        return compile(Parser.parse("sinter-tensor 1\nfunc @f(" + parameters + ") {\n" + body + "\n}\n"));
    }

    private static Compilation compile(Function function) {
        return Compilation.compile(function, Map.of(), BACKEND.target(), Compilation.Options.defaults());
    }

    private static List<NDArray> run(Compilation compilation, NDArray... inputs) {
        return ProgramRunner.run(compilation.function(), compilation.program(),
                BACKEND.compile(compilation.program()), List.of(inputs), 1);
    }

    private static Compilation counter() {
        return compile("%x: i32[4], %v: state<v: i32[4]>", """
                  %2 = read(%v) : i32[4]
                  %3 = add(%2, %x) : i32[4]
                  %4 = assign(%v, %3) : state<v: i32[4]>
                  return %4
                """);
    }

    @Test
    void thePointOfNoReturnStandsBeforeTheFirstWriteInPlace() {
        List<Program.Step> steps = counter().program().steps();
        assertThat(steps).hasSize(2);
        assertThat(steps.getFirst()).isInstanceOf(Program.Step.PointOfNoReturn.class);
    }

    /** A loop whose product reads %w in another order than it lies, and what it computes. */
    private static Compilation products(String right) {
        return compile("%h: f32[8,64], %w: f32[64,64]", """
                  %2 = loop{length=3, sequences=0, carries=2}(%h, %w, %w) : (f32[8,64], f32[64,64])
                      region(%p0: i64[], \
                %p1: f32[8,64], %p2: f32[64,64], %p3: f32[64,64]) {
                    %4 = contract{mn,kn->mk}(%p1, RIGHT) : f32[8,64]
                    %5 = add(%p2, %p3) : f32[64,64]
                    return %4, %5
                  }
                  %3 = project{0}(%2) : f32[8,64]
                  return %3
                """.replace("RIGHT", right));
    }

    private static long packsInLoop(Compilation compilation) {
        return compilation.program().allSteps().stream().filter(Program.Step.Loop.class::isInstance)
                .flatMap(loop -> loop.inside().stream())
                .filter(step -> step instanceof Program.Step.Launch launch
                        && launch.kernel().name().contains("packed")).count();
    }

    @Test
    void whatALoopNeedsOfWhatStaysAsItIsIsCopiedOnceBeforeIt() {
        Compilation staying = products("%p3");
        Compilation changing = products("%p2");
        assertThat(packsInLoop(staying)).isZero();
        assertThat(packsInLoop(changing)).isEqualTo(1);
        assertThat(staying.program().allSteps()).filteredOn(step -> step instanceof Program.Step.Launch launch
                && launch.kernel().name().contains("packed")).hasSize(1);
        NDArray h = NDArray.full(DType.FLOAT32, 0.5, 8, 64);
        NDArray w = NDArray.zeros(DType.FLOAT32, 64, 64);
        for (int i = 0; i < w.elementCount(); i++) {
            w.setDouble(i, (i % 13 - 6) / 64.0);
        }
        for (Compilation compilation : List.of(staying, changing)) {
            assertThat(run(compilation, h, w)).usingElementComparator((x, y) -> x.sameBits(y) ? 0 : 1)
                    .isEqualTo(Interpreter.run(compilation.function(), List.of(h, w)));
        }
    }

    @Test
    void aCancelledRunWritesNothing() {
        Program program = counter().program();
        try (Arena arena = Arena.ofConfined(); Frame frame = BACKEND.compile(program).newFrame()) {
            MemorySegment variable = arena.allocate(64, 64);
            for (Buffer buffer : program.buffers()) {
                frame.setBuffer(buffer.id(), buffer.role() instanceof Buffer.Role.Input
                        ? NDArray.of(1, 2, 3, 4).segment() : variable);
            }
            frame.cancel();
            assertThat(frame.run()).isEqualTo(Failure.CANCELLED.code());
            assertThat(variable.get(ValueLayout.JAVA_INT, 0)).isZero();
            frame.clearCancel();
            assertThat(frame.run()).isZero();
            assertThat(variable.get(ValueLayout.JAVA_INT, 12)).isEqualTo(4);
        }
    }

    @Test
    void aDivisionByZeroFailsTheRun() {
        Compilation compilation = compile("%x: i32[n], %y: i32[n]", """
                  %2 = div(%x, %y) : i32[n]
                  return %2
                """);
        assertThat(run(compilation, NDArray.of(7, 8), NDArray.of(2, -2)).getFirst().toIntArray())
                .containsExactly(3, -4);
        assertThatThrownBy(() -> run(compilation, NDArray.of(7, 8), NDArray.of(2, 0)))
                .isInstanceOf(GraphException.class).hasMessageContaining("DIVISION_BY_ZERO");
    }

    private static Function calling(HostFunction host) {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.shape(2))));
        Value y = b.project(b.add(new HostCall(host), x), 0);
        return new Function("f", List.of(x), List.of(b.negate(y)), b.locations());
    }

    @Test
    void theHostIsCalledWithArrays() {
        Compilation compilation = compile(calling(new Host(false)));
        assertThat(run(compilation, NDArray.of(1f, 2f)).getFirst().toFloatArray()).containsExactly(-2f, -1f);
        String text = ProgramPrinter.print(compilation.program());
        assertThat(ProgramPrinter.print(ProgramParser.parse(text, name -> new Host(false)))).isEqualTo(text);
    }

    @Test
    void whatTheHostThrowsEndsTheRun() {
        Compilation compilation = compile(calling(new Host(true)));
        assertThatThrownBy(() -> run(compilation, NDArray.of(1f, 2f))).isInstanceOf(GraphException.class)
                .hasMessageContaining("no");
    }

    /** Swaps two elements, or throws. */
    private record Host(boolean fails) implements HostFunction {
        @Override
        public String name() {
            return "swap";
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            return operands;
        }

        @Override
        public List<NDArray> call(List<NDArray> operands) {
            if (fails) {
                throw new IllegalStateException("no");
            }
            float[] x = operands.getFirst().toFloatArray();
            return List.of(NDArray.of(x[1], x[0]));
        }
    }

    @Test
    void equalNestsShareAKernel() {
        Compilation compilation = compile("%x: f32[8,8]", """
                  %1 = contract{mk,kn->mn}(%x, %x) : f32[8,8]
                  %2 = contract{mk,kn->mn}(%1, %1) : f32[8,8]
                  %3 = contract{mk,kn->mn}(%2, %2) : f32[8,8]
                  %4 = contract{mk,kn->mn}(%3, %3) : f32[8,8]
                  return %4
                """);
        List<Kernel> kernels = compilation.program().steps().stream()
                .map(step -> ((Program.Step.Launch) step).kernel()).toList();
        assertThat(kernels).hasSizeGreaterThanOrEqualTo(4);
        assertThat(kernels.stream().distinct().count()).isLessThanOrEqualTo(kernels.size() / 2);
    }

    private static Buffer buffer(int id, Buffer.Role role) {
        return new Buffer(id, "b" + id, new TensorType(DType.FLOAT32, Shape.shape(4)), Layout.ROW_MAJOR, role);
    }

    private static List<String> problems(List<Buffer> buffers, Program.Step... steps) {
        return ProgramVerifier.problems(new Program("p", buffers, List.of(), List.of(steps)));
    }

    @Test
    void whatNothingHasWrittenMustNotBeRead() {
        List<Buffer> buffers = List.of(buffer(0, new Buffer.Role.Temporary()), buffer(1, new Buffer.Role.Output(0)));
        assertThat(problems(buffers, new Program.Step.Copy(0, 1)))
                .containsExactly("step 0: buffer b0 is read before it is written");
    }

    @Test
    void inputsMustNotBeWritten() {
        List<Buffer> buffers = List.of(buffer(0, new Buffer.Role.Input(0)), buffer(1, new Buffer.Role.State("v")));
        assertThat(problems(buffers, new Program.Step.Copy(0, 1)))
                .containsExactly("step 0: buffer b1 must not be written");
    }

    @Test
    void aVariableIsUpdatedInPlaceOnlyAfterThePointOfNoReturn() {
        List<Buffer> buffers = List.of(buffer(0, new Buffer.Role.Input(0)), buffer(1, new Buffer.Role.State("v")),
                buffer(2, new Buffer.Role.NextState("v", true)));
        Program.Step copy = new Program.Step.Copy(0, 2);
        assertThat(problems(buffers, copy)).containsExactly(
                "step 0: variable v is updated in place before the point of no return");
        assertThat(problems(buffers, new Program.Step.PointOfNoReturn(), copy)).isEmpty();
    }

    private static Plan panels(String name, DType dtype, int width, long... sizes) {
        return new Plan("p", List.of(new Buffer(0, name, new TensorType(dtype, Shape.shape(sizes)),
                new Layout.Panels(width), new Buffer.Role.State("v"))), List.of(), List.of(), Map.of());
    }

    /** Vectors of 8 float32, of 4 float64, and of no more bools than of float32. */
    @Test
    void panelsHoldWholeVectors() {
        Target target = new Target("narrow", 32, 16, 32 << 10, 1 << 20, 1);
        PlanVerifier.verifyPanels(panels("w", DType.FLOAT32, 24, 2, 3), target);
        PlanVerifier.verifyPanels(panels("w", DType.FLOAT64, 12, 2, 3), target);
        PlanVerifier.verifyPanels(panels("w", DType.BOOL, 8, 2, 3), target);
        assertThatThrownBy(() -> PlanVerifier.verifyPanels(panels("w", DType.FLOAT32, 12, 2, 3), target))
                .isInstanceOf(CompilerBug.class).hasMessageStartingWith("plan @p: buffer w has panels of 12 columns,"
                        + " which are no multiple of the 8 lanes of a vector of narrow");
        assertThatThrownBy(() -> PlanVerifier.verifyPanels(panels("w", DType.FLOAT64, 0, 2, 3), target))
                .hasMessageContaining("panels of 0 columns");
        assertThatThrownBy(() -> PlanVerifier.verifyPanels(panels("w", DType.FLOAT32, 8, 3), target))
                .hasMessageContaining("buffer w is f32[3] and has no panels");
        Plan inside = panels("w", DType.FLOAT32, 12, 2, 3);
        Plan.OpNote note = new Plan.OpNote("%0 = loop", List.of());
        Plan.Step loop = new Plan.Iterate(Trips.of(Dim.of(2)), 0, 0, Map.of(), inside, List.of(), List.of(), note,
                false);
        Plan.Step branch = new Plan.Choose(List.of(inside), List.of(), List.of(), note, false);
        for (Plan.Step step : List.of(loop, branch)) {
            assertThatThrownBy(() -> PlanVerifier.verifyPanels(
                    new Plan("around", List.of(), List.of(step), List.of(), Map.of()), target))
                    .hasMessageStartingWith("plan @around: buffer w has panels of 12 columns");
        }
    }

    /** Streaming stores are aligned, and the element of a loop's iteration lies anywhere. */
    @Test
    void rowsAreNotWrittenPastTheCaches() {
        Target small = new Target("small", 32, 16, 1 << 10, 1 << 10, 1);
        String doubled = """
                sinter-tensor 1
                func @f(%x: f32[100001]) {
                  %1 = add(%x, %x) : f32[100001]
                  return %1
                }
                """;
        assertThat(program(doubled, small)).contains("stream ");
        String rows = """
                sinter-tensor 1
                func @f(%x: f32[3,100001]) {
                  %1 = loop{length=3, sequences=1, carries=0}(%x) : (f32[3,SHAPE])
                      region(%p0: i64[], %p1: f32[100001]) {
                    %2 = add(%p1, %p1) : f32[100001]
                    %3 = reshape(%2) : f32[SHAPE]
                    return %3
                  }
                  %2 = project{0}(%1) : f32[3,SHAPE]
                  %3 = reduce{max, axes=[AXES]}(%2) : f32[]
                  return %3
                }
                """;
        for (String shape : List.of("100001", "1,100001", "11,9091")) {
            String axes = shape.contains(",") ? "0,1,2" : "0,1";
            assertThat(program(rows.replace("SHAPE", shape).replace("AXES", axes), small)).doesNotContain("stream ");
        }
    }

    private static String program(String function, Target target) {
        return ProgramPrinter.print(Compilation.compile(Parser.parse(function), Map.of(), target,
                Compilation.Options.defaults()).program());
    }

    @Test
    void aVariableInPanelsOfAnotherMachineIsABug() {
        Function function = Parser.parse("""
                sinter-tensor 1
                func @f(%w: state<w: f32[4,20]>) {
                  %1 = read(%w) : f32[4,20]
                  %2 = exp(%1) : f32[4,20]
                  return %2
                }
                """);
        Target wide = new Target("wide", 64, 32, 32 << 10, 1 << 20, 1);
        assertThatThrownBy(() -> Compilation.compile(function, Map.of("w", new Layout.Panels(8)), wide,
                Compilation.Options.defaults()))
                .isInstanceOf(CompilerBug.class).hasMessageContaining("no multiple of the 16 lanes");
    }

    @Test
    void largeResultsPassTheCachesUnlessTheyAreReadWhereTheyAreWritten() {
        Compilation result = compile("%x: f32[8000000]", """
                  %1 = exp(%x) : f32[8000000]
                  return %1
                """);
        Compilation inPlace = compile("%x: f32[8000000], %v: state<v: f32[8000000]>", """
                  %2 = read(%v) : f32[8000000]
                  %3 = mul(%2, %x) : f32[8000000]
                  %4 = assign(%v, %3) : state<v: f32[8000000]>
                  return %4
                """);
        assertThat(result.kernelText()).contains("stream b");
        assertThat(inPlace.kernelText()).doesNotContain("stream b");
    }

    @Test
    void nothingCanFailAfterThePointOfNoReturn() {
        List<Buffer> buffers = List.of(buffer(0, new Buffer.Role.Input(0)));
        assertThat(problems(buffers, new Program.Step.PointOfNoReturn(),
                new Program.Step.CallHost(new Host(false), List.of(0), List.of())))
                .containsExactly("step 1: a host call follows the point of no return");
    }
}
