package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Layout;
import dev.sinter.op.Call;
import dev.sinter.op.Constant;
import dev.sinter.op.Loop;
import dev.sinter.op.Parameter;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.Target;
import dev.sinter.replay.Replay;
import dev.sinter.replay.ReplayCheck;
import dev.sinter.replay.ReplayFolder;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is compiled is on disk while it might go wrong, and can be compiled again from there. */
class ReplayTest {
    private static final Target TARGET = new Target("some machine 7", 32, 16, 32 << 10, 1 << 20, 2);
    private static final String STEP = """
            sinter-tensor 1
            func @step(%x: f32[n,40], %w: state<w: f32[40,9]>) {
              %2 = read(%w) : f32[40,9]
              %3 = contract{mk,kn->mn}(%x, %2) : f32[n,9]   // Net.java:12 (hidden)
              %4 = exp(%3) : f32[n,9]
              %5 = add(%2, %2) : f32[40,9]
              %6 = assign(%w, %5) : state<w: f32[40,9]>
              return %4, %6
            }
            """;

    @TempDir
    Path parent;

    private Path folder() {
        return parent.resolve("replay");
    }

    private static Replay replay(String text, Map<String, Layout> layouts) {
        return new Replay(Parser.parse(text), layouts, TARGET, OptimizationOptions.defaults(), false);
    }

    @Test
    void theTextReadsBack() {
        Replay replay = new Replay(Parser.parse(STEP),
                Map.of("w", new Layout.Panels(8), "a \\ line\nbreak", Layout.ROW_MAJOR), TARGET,
                OptimizationOptions.defaults().withReassociation().withRuleLimit(12)
                        .withConvolutionTolerance(1e-5), true)
                .withFailure("no \\ code\nand more");
        Replay back = Replay.parse(replay.text());
        assertThat(back.function().sameGraph(replay.function())).isTrue();
        assertThat(back.layouts()).isEqualTo(replay.layouts());
        assertThat(back.target()).isEqualTo(TARGET);
        assertThat(back.optimization()).isEqualTo(replay.optimization());
        assertThat(back.timed()).isTrue();
        assertThat(back.failure()).isEqualTo("no \\ code");
        assertThat(back.text()).isEqualTo(replay.text());
        assertThat(Parser.parse(replay.text()).sameGraph(replay.function())).isTrue();
    }

    @Test
    void theExampleOfTheDocument() throws IOException {
        String document = Files.readString(Path.of("../docs/tensor-text.md"));
        String example = document.substring(document.indexOf(Replay.HEADER)).split("```")[0];
        assertThat(Replay.parse(example).text()).isEqualTo(example);
    }

    @Test
    void largeConstantsBecomeParameters() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("constant-0", new TensorType(DType.FLOAT32, Shape.shape(2_000_000))));
        NDArray large = NDArray.zeros(DType.FLOAT32, 2_000_000);
        large.setDouble(3, 5);
        Value product = b.times(x, b.add(new Constant(large)));
        Function function = new Function("f", List.of(x), List.of(product), b.locations());
        String text = new Replay(function, Map.of(), TARGET, OptimizationOptions.defaults(), false).text();
        assertThat(text.length()).isLessThan(1000);
        assertThat(Replay.parse(text).function().parameters()).extracting(Value::toString).hasSize(2);
    }

    @Test
    void largeConstantsOfRegionsBecomeOneNumber() {
        TensorType vector = new TensorType(DType.FLOAT32, Shape.shape(2_000_000));
        TensorType index = new TensorType(DType.INT64, Shape.SCALAR);
        NDArray large = NDArray.zeros(DType.FLOAT32, 2_000_000);
        large.setDouble(3, 5);
        Region body = Region.of(List.of(index, vector), (r, p) ->
                List.of(r.times(r.times(p.get(1), r.add(new Constant(large))), 0.25)));
        Region around = Region.of(List.of(vector), (r, p) ->
                List.of(r.project(r.add(new Loop(body, Loop.Trips.of(Dim.of(3)), 0, 1), p.getFirst()), 0)));
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", vector));
        Value called = b.project(b.add(new Call("f", around), x), 0);
        Function function = new Function("f", List.of(x), List.of(called), b.locations());
        String text = new Replay(function, Map.of(), TARGET, OptimizationOptions.defaults(), false).text();
        assertThat(text.length()).isLessThan(2000);
        assertThat(text).contains("constant{0.25}");
        assertThat(Replay.parse(text).text()).isEqualTo(text);
    }

    @Test
    void whatIsNoReplayIsRefused() {
        assertThatThrownBy(() -> Replay.parse(STEP)).isInstanceOf(GraphException.class)
                .hasMessageContaining("// sinter-replay 1");
        assertThatThrownBy(() -> Replay.parse(Replay.HEADER + "\n" + STEP)).isInstanceOf(GraphException.class)
                .hasMessage("the replay does not name its target");
        assertThatThrownBy(() -> Replay.parse(Replay.HEADER + "\n// target 1 2\n" + STEP))
                .isInstanceOf(GraphException.class).hasMessageContaining("// target 1 2");
    }

    @Test
    void aFileIsThereWhileNativeCodeIsMade() throws IOException {
        ReplayFolder folder = ReplayFolder.in(folder());
        Replay replay = replay(STEP, Map.of());
        String result = folder.watch(() -> replay, before -> {
            assertThat(folder.files()).isEmpty();
            before.run();
            before.run();
            assertThat(folder.files()).hasSize(1);
            assertThat(folder.files().getFirst()).content().isEqualTo(replay.text());
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void nothingIsWrittenWithoutNativeCode() {
        ReplayFolder.in(folder()).watch(() -> replay(STEP, Map.of()), before -> "done");
        assertThat(folder()).doesNotExist();
    }

    @Test
    void aBugNamesTheFileThatHoldsIt() throws IOException {
        ReplayFolder folder = ReplayFolder.in(folder());
        CompilerBug bug = catchThrowableOfType(CompilerBug.class,
                () -> folder.watch(() -> replay(STEP, Map.of()), before -> {
                    before.run();
                    throw new IllegalStateException("lost");
                }));
        Path file = folder.files().getFirst();
        assertThat(folder()).isDirectoryContaining(path -> path.equals(file));
        assertThat(folder.files()).hasSize(1);
        assertThat(bug).hasMessageContaining("lost").hasMessageContaining("sinter replay " + file);
        assertThat(Replay.parse(Files.readString(file)).failure()).contains("lost");
    }

    @Test
    void aMistakeOfTheUserLeavesNothing() {
        ReplayFolder folder = ReplayFolder.in(folder());
        assertThatThrownBy(() -> folder.watch(() -> replay(STEP, Map.of()), before -> {
            before.run();
            throw new GraphException("too large");
        })).isInstanceOf(GraphException.class).hasMessage("too large");
        assertThat(folder.files()).isEmpty();
    }

    @Test
    void theOldestFilesGo() {
        ReplayFolder folder = ReplayFolder.in(folder());
        List<Path> left = new ArrayList<>();
        for (int i = 0; i < ReplayFolder.MOST + 5; i++) {
            assertThatThrownBy(() -> folder.watch(() -> replay(STEP, Map.of()), before -> {
                throw new CompilerBug("again");
            })).hasMessageContaining("sinter replay");
            left.addFirst(folder.files().getFirst());
        }
        assertThat(folder.files()).hasSize(ReplayFolder.MOST);
        assertThat(left.subList(0, ReplayFolder.MOST)).containsExactlyInAnyOrderElementsOf(folder.files());
    }

    @Test
    void aFolderThatCannotBeUsedHindersNothing() throws IOException {
        Files.writeString(folder(), "a file");
        for (ReplayFolder folder : List.of(ReplayFolder.in(folder()), ReplayFolder.none())) {
            assertThat(folder.<String>watch(() -> replay(STEP, Map.of()), before -> {
                before.run();
                return "done";
            })).isEqualTo("done");
            assertThatThrownBy(() -> folder.watch(() -> replay(STEP, Map.of()), before -> {
                throw new CompilerBug("broken");
            })).isInstanceOf(CompilerBug.class).hasMessageNotContaining("sinter replay");
            assertThat(folder.files()).isEmpty();
        }
    }

    private static String output(Replay replay, boolean expected) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean good = ReplayCheck.run(replay, Optional.of(new InterpretedBackend(TARGET)), 1,
                new PrintStream(bytes, true, StandardCharsets.UTF_8));
        assertThat(good).as(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyStageIsReplayed() {
        assertThat(output(replay(STEP, Map.of("w", new Layout.Panels(8))).withFailure("no code"), true))
                .isEqualToNormalizingNewlines("""
                        reported: no code
                        passes: ok
                        plan: ok
                        kernels: ok
                        code: ok
                        interpreter where sizes are 3: ok
                        passes where sizes are 3: ok
                        program where sizes are 3: ok
                        native code where sizes are 3: ok
                        interpreter where sizes are 17: ok
                        passes where sizes are 17: ok
                        program where sizes are 17: ok
                        native code where sizes are 17: ok
                        """);
    }

    @Test
    void theStageThatFailsIsTheLast() {
        assertThat(output(replay(STEP, Map.of("x", new Layout.Panels(0), "w", new Layout.Panels(0))), false).lines())
                .last().isEqualTo("plan: FAILS: the size 8 is divided by 0");
    }
}
