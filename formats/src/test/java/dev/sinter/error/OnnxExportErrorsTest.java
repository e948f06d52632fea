package dev.sinter.error;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.OnnxExport;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.linalg.Decompositions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import org.junit.jupiter.api.Test;

/** What cannot be written. */
class OnnxExportErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", DType.FLOAT32, Shape.shape(3, 3));

    private OnnxExport export() {
        return OnnxExport.of(graph, _ -> NDArray.scalar(0f)).withInput("x", x);
    }

    @Test
    void allThatCannotBeExpressedIsNamedAtOnce() {
        Tensor det = Decompositions.det(x);
        Tensor y = Nn.dropout(x, 0.5).plus(det);
        assertThatThrownBy(() -> export().withOutput("y", y).bytes()).isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("OnnxExportErrorsTest.java").hasMessageContaining("Java code")
                .hasMessageContaining("random numbers");
    }

    @Test
    void anOutputIsNeeded() {
        assertThatThrownBy(() -> export().bytes()).isInstanceOf(GraphException.class)
                .hasMessageContaining("there is no output");
    }

    @Test
    void namesAreGivenOnce() {
        assertThatThrownBy(() -> export().withInput("x", x)).isInstanceOf(GraphException.class)
                .hasMessageContaining("two inputs are called 'x'");
        assertThatThrownBy(() -> export().withOutput("", x)).isInstanceOf(GraphException.class)
                .hasMessageContaining("needs a name");
    }

    @Test
    void everyPlaceholderIsAnInput() {
        Tensor other = graph.placeholder("other", DType.FLOAT32, Shape.shape(3, 3));
        assertThatThrownBy(() -> export().withOutput("y", Ops.add(x, other)).bytes())
                .isInstanceOf(GraphException.class).hasMessageContaining("other");
    }

    @Test
    void theSizeOfAFileIsOneThatTheFormatAllows() {
        assertThatThrownBy(() -> export().withMostBytes(-1)).isInstanceOf(GraphException.class)
                .hasMessageContaining("not -1");
        assertThatThrownBy(() -> export().withMostBytes(1L << 31)).isInstanceOf(GraphException.class)
                .hasMessageContaining("not 2147483648");
    }
}
