package dev.sinter.unit;

import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.ones;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shapes that follow from sizes that may be 1. */
final class BroadcastSizesTest {
    private static final Dim N = Dim.symbol("n");
    private static final Dim M = Dim.symbol("m");
    private static final Dim K = Dim.symbol("k");

    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3)).mayBroadcast();
    private final Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, 3)).mayBroadcast(0);
    private final Tensor rigid = graph.placeholder("rigid", FLOAT32, shape(UNKNOWN, 3));

    private static String dims(Tensor tensor) {
        return tensor.shape().toString();
    }

    @Test
    void theBroadcastOfSizes() {
        assertThat(N.broadcast(M)).hasToString("broadcast(m,n)").isEqualTo(M.broadcast(N));
        assertThat(N.broadcast(M).broadcast(K)).isEqualTo(K.broadcast(N).broadcast(M.broadcast(N)));
        assertThat(Dim.parse(N.broadcast(M).broadcast(K).toString())).isEqualTo(K.broadcast(M).broadcast(N));
        assertThat(N.broadcast(N)).isEqualTo(N);
        assertThat(N.broadcast(Dim.ONE)).isEqualTo(N);
        assertThat(N.broadcast(Dim.of(5))).isEqualTo(Dim.of(5)).isEqualTo(Dim.of(5).broadcast(N));
        assertThat(N.broadcast(Dim.ZERO)).isEqualTo(Dim.ZERO);
        assertThat(N.broadcast(M).broadcastParts()).containsExactly(M, N);
        assertThat(N.broadcast(M).times(2).plus(K).broadcasts()).containsExactly(List.of(M, N));
        assertThat(N.broadcast(M).substitute(symbol -> symbol.name().equals("n") ? Dim.ONE : Dim.ofSymbol(symbol)))
                .isEqualTo(M);
    }

    @Test
    void theRepetitionsOfSizes() {
        assertThat(N.repeats(M)).hasToString("repeats(n,m)");
        assertThat(Dim.parse("repeats(n,m)")).isEqualTo(N.repeats(M));
        assertThat(Dim.ONE.repeats(M)).isEqualTo(M);
        assertThat(Dim.of(4).repeats(M)).isEqualTo(Dim.ONE);
        assertThat(N.repeats(N)).isEqualTo(Dim.ONE);
        assertThat(N.repeats(N.broadcast(M))).isEqualTo(N.repeats(M));
        assertThat(N.repeats(Dim.ZERO).isStep()).isTrue();
        assertThat(N.repeats(Dim.ZERO).times(M.repeats(Dim.ZERO)).isStep()).isTrue();
        assertThat(N.repeats(M).isStep()).isFalse();
        assertThat(Dim.ONE.isStep()).isFalse();
    }

    @Test
    void valuesOfSizesThatBroadcast() {
        long[][] cases = {{1, 5, 5}, {5, 1, 5}, {5, 5, 5}, {1, 1, 1}, {0, 1, 0}, {1, 0, 0}, {0, 0, 0}};
        for (long[] sizes : cases) {
            Dim both = N.broadcast(M);
            assertThat(both.evaluate(symbol -> sizes[symbol.name().equals("n") ? 0 : 1])).isEqualTo(sizes[2]);
            Dim repeated = N.repeats(both).times(N);
            assertThat(repeated.evaluate(symbol -> sizes[symbol.name().equals("n") ? 0 : 1])).isEqualTo(sizes[2]);
        }
    }

    @Test
    void sizesThatMayBeOne() {
        assertThat(dims(x.plus(y))).isEqualTo("[broadcast(x.0,y.0),3]");
        assertThat(x.plus(y).plus(x).shape()).isEqualTo(x.plus(y).shape());
        assertThat(dims(x.plus(1))).isEqualTo("[x.0,3]");
        assertThat(dims(x.plus(ones(FLOAT32, shape(5, 1))))).isEqualTo("[5,3]");
        assertThat(dims(x.plus(rigid).plus(y))).isEqualTo("[rigid.0,3]");
        assertThat(x.plus(y).toString()).contains("shape=(?, 3)");
    }

    @Test
    void sizesThatMustBeEqualAreSoAllTheSame() {
        Tensor joined = concat(1, x, y);
        assertThat(dims(joined)).isEqualTo("[x.0,6]");
        assertThat(dims(y)).isEqualTo("[x.0,3]");
        assertThat(dims(x.plus(y))).isEqualTo("[x.0,3]");
    }

    @Test
    void sizesThatMayNotBeOneAreUnified() {
        Tensor other = graph.placeholder("other", FLOAT32, shape(UNKNOWN, 3));
        assertThat(dims(x.plus(rigid).plus(other))).isEqualTo("[rigid.0,3]");
        assertThat(dims(other)).isEqualTo("[rigid.0,3]");
        assertThat(dims(x)).isEqualTo("[x.0,3]");
    }

    @Test
    void leadingAxesOfMatrices() {
        Tensor a = graph.placeholder("a", FLOAT32, shape(UNKNOWN, UNKNOWN, 4)).mayBroadcast(0);
        Tensor b = graph.placeholder("b", FLOAT32, shape(UNKNOWN, 4, UNKNOWN)).mayBroadcast(0);
        assertThat(dims(matmul(a, b))).isEqualTo("[broadcast(a.0,b.0),a.1,b.2]");
        assertThat(dims(matmul(a, graph.placeholder("c", FLOAT32, shape(7, 4, 2))))).isEqualTo("[7,a.1,2]");
    }

    @Test
    void aSizeThatIsFoundOutDoesNotStretch() {
        Tensor found = graph.placeholder("found", FLOAT32, shape(UNKNOWN, UNKNOWN)).mayBroadcast();
        matmul(found, graph.placeholder("weights", FLOAT32, shape(7, 2)));
        assertThat(dims(found)).isEqualTo("[found.0,7]");
        assertThatThrownBy(() -> found.plus(graph.placeholder("ten", FLOAT32, shape(10))))
                .isInstanceOf(GraphException.class).hasMessageContaining("shapes do not broadcast");
    }

    @Test
    void aWantedShape() {
        assertThat(dims(broadcastTo(x, shape(2, 5, 3)))).isEqualTo("[2,5,3]");
        assertThat(dims(broadcastTo(x, Shape.of(graph.dim("wanted"), Dim.of(3))))).isEqualTo("[wanted,3]");
        assertThat(dims(x)).isEqualTo("[x.0,3]");
        assertThat(dims(broadcastTo(rigid, shape(5, 3)))).isEqualTo("[5,3]");
        assertThat(dims(rigid)).isEqualTo("[5,3]");
    }

    @Test
    void whatMayNotBroadcast() {
        assertThatThrownBy(() -> x.mayBroadcast(1)).isInstanceOf(GraphException.class)
                .hasMessageMatching("may_broadcast: axis 1 of Tensor\\(\"x:0\", shape=\\(\\?, 3\\),"
                        + " dtype=float32\\) has the size 3, which is not unknown on its own\n"
                        + "  at BroadcastSizesTest.java:\\d+");
        assertThatThrownBy(() -> reshape(x, shape(UNKNOWN)).mayBroadcast(0)).isInstanceOf(GraphException.class)
                .hasMessageContaining("has the size 3*x.0");
        assertThatThrownBy(() -> x.mayBroadcast(2)).isInstanceOf(GraphException.class)
                .hasMessageContaining("axis 2 is outside");
    }
}
