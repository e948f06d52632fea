package dev.sinter.unit;

import static dev.sinter.graph.Ops.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.ArrayFile;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.Weights;
import dev.sinter.formats.npy.Npz;
import dev.sinter.formats.safetensors.SafeTensors;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variables from files, and files from variables. */
class WeightsTest {
    private final Graph graph = new Graph();
    private final Variable w = graph.variable("net/w", zeros(DType.FLOAT32, Shape.shape(2, 2)));
    private final Variable b = graph.variable("net/b", zeros(DType.FLOAT32, Shape.shape(2)));
    private final Variable step = graph.variable("step", zeros(DType.INT64, Shape.SCALAR));
    private final Map<String, NDArray> values = Map.of("net/w", NDArray.of(new float[] {1, 2, 3, 4}, 2, 2), "net/b",
            NDArray.of(5f, 6f), "step", NDArray.scalar(7L), "other", NDArray.of(true));

    @TempDir
    private Path folder;

    private Session session() {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL));
    }

    private SafeTensors file(Map<String, NDArray> arrays) {
        Path file = folder.resolve("weights.safetensors");
        SafeTensors.write(file, arrays);
        return SafeTensors.open(file);
    }

    @Test
    void aSessionsVariablesThroughAFile() {
        Path path = folder.resolve("net.safetensors");
        Weights weights = Weights.of(graph.variables());
        try (Session session = session(); SafeTensors file = file(values)) {
            assertThat(weights.load(file, session::load)).containsExactly("other");
            assertThat(session.value(w).toFloatArray()).containsExactly(1, 2, 3, 4);
            assertThat(session.value(step).longValue()).isEqualTo(7);
            SafeTensors.write(path, weights.values(session::value));
        }
        assertThat(SafeTensors.read(path)).containsOnlyKeys("net/w", "net/b", "step");
        assertThat(SafeTensors.read(path).get("net/b").toFloatArray()).containsExactly(5, 6);
    }

    @Test
    void otherNamesAndAPartOfTheVariables() {
        Path path = folder.resolve("net.npz");
        Npz.write(path, Map.of("net.w.weight", values.get("net/w")));
        Weights part = Weights.of(List.of(w)).named(variable -> variable.name().replace('/', '.') + ".weight");
        try (Session session = session(); ArrayFile file = Npz.open(path)) {
            assertThat(part.load(file, session::load)).isEmpty();
            assertThat(session.value(w).toFloatArray()).containsExactly(1, 2, 3, 4);
            assertThat(part.values(session::value)).containsOnlyKeys("net.w.weight");
            assertThatThrownBy(() -> Weights.of(List.of(w, b)).named(variable -> "x").values(variable ->
                    values.get("step"))).isInstanceOf(GraphException.class)
                    .hasMessageContaining("two variables are called \"x\" in the file");
        }
    }

    /** A net of PyTorch, whose weights have outputs along axis 0, says here what it said there. */
    @Test
    void aNetOfPyTorch() {
        Graph net = new Graph();
        Tensor x = net.placeholder("x", DType.FLOAT32, Shape.shape(Shape.UNKNOWN, 4));
        Variable[] w = {net.variable("dense/w", zeros(DType.FLOAT32, Shape.shape(5, 4))),
            net.variable("out/w", zeros(DType.FLOAT32, Shape.shape(2, 5)))};
        Variable[] b = {net.variable("dense/b", zeros(DType.FLOAT32, Shape.shape(5))),
            net.variable("out/b", zeros(DType.FLOAT32, Shape.shape(2)))};
        Tensor hidden = Nn.relu(Linalg.matmul(x, w[0], false, true).plus(b[0]));
        Tensor y = Linalg.matmul(hidden, w[1], false, true).plus(b[1]);
        Weights weights = Weights.of(net.variables()).named(variable -> (variable.name().startsWith("dense") ? "0."
                : "2.") + (variable.name().endsWith("w") ? "weight" : "bias"));
        try (Session session = new Session(net, SessionOptions.DEFAULT.withBackend(Backend.EVAL));
                SafeTensors file = SafeTensors.open(Path.of("src/test/resources/tensors/net.safetensors"))) {
            assertThat(weights.load(file, session::load)).containsExactlyInAnyOrder("x", "y");
            assertThat(session.run(Feeds.feed(x, file.read("x")), y).toFloatArray())
                    .containsExactly(file.read("y").toFloatArray(), Offset.offset(1e-6f));
        }
    }

    /** All that does not fit is said at once, and nothing is loaded. */
    @Test
    void filesThatDoNotFit() {
        NDArray half = values.get("net/w").cast(DType.FLOAT16);
        try (Session session = session();
                SafeTensors file = file(Map.of("net/w", half, "net/b", NDArray.of(1f), "x", half))) {
            session.run(graph.initializer());
            Weights weights = Weights.of(graph.variables());
            assertThatThrownBy(() -> weights.load(file, session::load)).isInstanceOf(GraphException.class)
                    .hasMessageMatching("(?s).*weights.safetensors does not fit the variables:\n"
                            + "  \"net/w\" \\(at WeightsTest.java:\\d+\\) is float32\\(2, 2\\), the file's is"
                            + " float16\\(2, 2\\); converting\\(\\) casts it\n"
                            + "  \"net/b\" \\(at WeightsTest.java:\\d+\\) is float32\\(2,\\), the file's is"
                            + " float32\\(1,\\)\n"
                            + "  \"step\" \\(at WeightsTest.java:\\d+\\) is not in the file\n"
                            + "  of no variable: \"x\"");
            assertThat(session.value(w).toFloatArray()).containsOnly(0);
            Weights.of(List.of(w)).converting().load(file, session::load);
            assertThat(session.value(w).toFloatArray()).containsExactly(1, 2, 3, 4);
        }
    }

    /** The array is damaged, its header is not. */
    @Test
    void arraysOfAnArchiveThatAreDamaged() throws IOException {
        Path path = folder.resolve("net.npz");
        Npz.write(path, Map.of("net/b", values.get("net/b")));
        byte[] bytes = Files.readAllBytes(path);
        bytes[200] ^= 1;
        Files.write(path, bytes);
        try (Session session = session(); Npz file = Npz.open(path)) {
            assertThat(file.dtype("net/b")).isEqualTo(DType.FLOAT32);
            assertThat(file.shape("net/b")).isEqualTo(Shape.shape(2));
            assertThatThrownBy(() -> Weights.of(List.of(b)).load(file, session::load))
                    .isInstanceOf(FormatException.class).hasMessageContaining("checksum");
        }
    }

    @Test
    void closedArchives() {
        Path path = folder.resolve("net.npz");
        Npz.write(path, Map.of("net/b", values.get("net/b")));
        Npz file = Npz.open(path);
        file.close();
        assertThatThrownBy(() -> file.read("net/b")).isInstanceOf(GraphException.class)
                .hasMessageEndingWith("net.npz: the file is closed; read before that, or open it again");
        assertThatThrownBy(() -> file.shape("net/b")).isInstanceOf(GraphException.class);
    }

    @Test
    void theExamplesOfThePageCompile() throws IOException {
        PageExamples.compile("arrays.md", folder);
    }
}
