package dev.sinter.alloc;

import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Intermediate results may be larger than the heap. */
class LargeRunsTest {
    /** Runs with some megabytes of intermediate results and with hundreds in turn. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            Graph graph = new Graph();
            Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 1));
            Tensor y = matmul(matmul(x, transpose(x)), x);
            try (Session session = new Session(graph,
                    SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(1))) {
                for (int size : new int[] {1000, 5000, 1000, 5100, 1000, 5200}) {
                    System.out.println(session.run(feed(x, NDArray.full(FLOAT32, 1, size, 1)), y).getDouble(3));
                }
            }
        }
    }

    @Test
    void theHeapDoesNotLimitARun() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "--enable-native-access=ALL-UNNAMED", "-Dsinter.code.cache=off", "-Dsinter.replay=off",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Program.class.getName()).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        assertThat(List.of(text.split("\n"))).containsExactly("1000.0", "5000.0", "1000.0", "5100.0", "1000.0",
                "5200.0");
    }
}
