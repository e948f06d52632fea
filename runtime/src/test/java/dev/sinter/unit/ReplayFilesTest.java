package dev.sinter.unit;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostFunction;
import dev.sinter.pass.Pipeline;
import dev.sinter.replay.Replay;
import dev.sinter.replay.ReplayFolder;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A session whose compilation breaks says where the replay is, and stays usable. */
public class ReplayFilesTest extends OnEachBackend {
    private final ReplayFolder folder = ReplayFolder.configured();

    /** Java code that gives its operand, whose types the passes ask for in vain once it is broken. */
    private static final class Fragile implements HostFunction {
        private boolean broken;

        @Override
        public String name() {
            return "fragile";
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            if (broken && StackWalker.getInstance().walk(frames ->
                    frames.anyMatch(frame -> frame.getClassName().equals(Pipeline.class.getName())))) {
                throw new IllegalStateException("the types are lost");
            }
            return operands;
        }

        @Override
        public List<NDArray> call(List<NDArray> operands) {
            return operands;
        }
    }

    @Test
    void aBrokenCompilationLeavesItsReplay() throws IOException {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(3));
        Fragile fragile = new Fragile();
        Tensor y = Control.hostCall(fragile, x.plus(1)).getFirst();
        NDArray ones = NDArray.full(FLOAT32, 1, 3);
        try (Session session = open(graph)) {
            fragile.broken = true;
            CompilerBug bug = catchThrowableOfType(CompilerBug.class, () -> session.run(Feeds.feed(x, ones), y));
            fragile.broken = false;
            Path file = folder.files().getFirst();
            assertThat(bug).hasMessageContaining("the types are lost").hasMessageContaining("sinter replay " + file);
            Replay replay = Replay.parse(Files.readString(file), new dev.sinter.ir.Parser.Resolver() {
                @Override
                public Optional<HostFunction> hostFunction(String name) {
                    return Optional.of(fragile);
                }

                @Override
                public Optional<dev.sinter.op.CustomGradient> customGradient(String name) {
                    return Optional.empty();
                }
            });
            assertThat(replay.failure()).contains("the types are lost");
            Files.delete(file);

            assertThat(session.run(Feeds.feed(x, ones), y).getDouble(2)).isEqualTo(2);
            assertThat(folder.files()).doesNotContain(file);
        }
    }
}
