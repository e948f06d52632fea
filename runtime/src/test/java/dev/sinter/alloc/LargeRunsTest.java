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

/** Intermediate results may be larger than the heap, arrays not. */
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

    /** Makes an array larger than the limit of direct memory. */
    static final class TooLarge {
        private TooLarge() {}

        public static void main(String[] arguments) {
            try {
                NDArray.zeros(FLOAT32, 5000, 5000);
            } catch (OutOfMemoryError full) {
                System.out.println(full.getMessage().split("[(]")[0]);
            }
        }
    }

    @Test
    void theHeapDoesNotLimitARun() throws IOException, InterruptedException {
        assertThat(lines(Program.class)).containsExactly("1000.0", "5000.0", "1000.0", "5100.0", "1000.0", "5200.0");
    }

    @Test
    void anArrayTooLargeSaysWhatToRaise() throws IOException, InterruptedException {
        assertThat(lines(TooLarge.class)).containsExactly("an array of 100000000 bytes does not fit into the JVM's"
                + " direct memory; start Java with a larger -XX:MaxDirectMemorySize ");
    }

    /** What a program prints in a JVM of its own with a small heap. */
    private static List<String> lines(Class<?> program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "--enable-native-access=ALL-UNNAMED", "-Dsinter.code.cache=off", "-Dsinter.replay=off",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return List.of(text.split("\n"));
    }
}
