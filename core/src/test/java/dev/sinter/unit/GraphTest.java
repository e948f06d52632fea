package dev.sinter.unit;

import static dev.sinter.graph.Ops.add;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.randomNormal;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import org.junit.jupiter.api.Test;

class GraphTest {
    private final Graph graph = new Graph();

    @Test
    void tensorsPrintAsTensorFlowPrintsThem() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 1000));
        Tensor w = graph.placeholder("w", FLOAT32, shape(1000, 100));
        assertThat(x).hasToString("Tensor(\"x:0\", shape=(?, 1000), dtype=float32)");
        assertThat(matmul(x, w)).hasToString("Tensor(\"matmul:0\", shape=(?, 100), dtype=float32)");
        assertThat(matmul(x, w)).hasToString("Tensor(\"matmul_1:0\", shape=(?, 100), dtype=float32)");
        assertThat(graph.constant(3)).hasToString("Tensor(\"constant:0\", shape=(), dtype=int32)");
        assertThat(graph.variable("b", zeros(FLOAT32, shape(3))))
                .hasToString("Variable(\"b:0\", shape=(3,), dtype=float32)");
    }

    @Test
    void namesAreUnique() {
        Tensor first = graph.placeholder("x", FLOAT32, shape(2));
        Tensor second = graph.placeholder("x", FLOAT32, shape(2));
        Tensor third = graph.placeholder("x_1", FLOAT32, shape(2));
        assertThat(first.name()).isEqualTo("x");
        assertThat(second.name()).isEqualTo("x_1");
        assertThat(third.name()).isEqualTo("x_1_1");
        assertThat(first.plus(second).name()).isEqualTo("add");
        assertThat(first.plus(1f).name()).isEqualTo("add_1");
        assertThat(first.plus(1f).named("shifted").name()).isEqualTo("shifted");
        Variable w = graph.variable("w", zeros(FLOAT32, shape(2)));
        assertThat(w.name()).isEqualTo("w");
        assertThat(graph.variable("w", zeros(FLOAT32, shape(2))).name()).isEqualTo("w_1");
        assertThat(w.value().name()).isEqualTo("w/read");
    }

    @Test
    void scopesPrecedeNames() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        try (var _ = graph.scope("mlp")) {
            try (var _ = graph.scope("out")) {
                assertThat(exp(x).name()).isEqualTo("mlp/out/exp");
            }
            assertThat(exp(x).name()).isEqualTo("mlp/exp");
            assertThat(graph.variable("w", zeros(FLOAT32, shape(2))).name()).isEqualTo("mlp/w");
        }
        try (var _ = graph.scope("mlp")) {
            assertThat(exp(x).name()).isEqualTo("mlp_1/exp");
        }
        assertThat(exp(x).name()).isEqualTo("exp");
    }

    @Test
    void elementsAreFoundByName() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        Variable w = graph.variable("w", zeros(FLOAT32, shape(2)));
        Tensor sum = x.plus(w);
        Operation group = Control.group(sum);
        assertThat(graph.find("add")).contains(sum);
        assertThat(graph.find("add:0")).contains(sum);
        assertThat(graph.find("w")).contains(w.value());
        assertThat(graph.find("group")).contains(group);
        assertThat(graph.find("nothing")).isEmpty();
    }

    @Test
    void aTensorKnowsTheLineThatMadeIt() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        assertThat(x.location()).matches("GraphTest\\.java:\\d+");
        assertThat(x.plus(x).location()).matches("GraphTest\\.java:\\d+");
    }

    @Test
    void nothingIsMerged() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        assertThat(exp(x)).isNotEqualTo(exp(x));
    }

    @Test
    void unknownSizesThatMeetAreOne() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3));
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, 3));
        assertThat(x.shape()).isNotEqualTo(y.shape());
        add(x, y);
        assertThat(x.shape()).isEqualTo(y.shape());
    }

    @Test
    void anUnknownSizeThatMeetsAKnownOneIsKnown() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3));
        Tensor sum = x.plus(zeros(FLOAT32, shape(64, 3)));
        assertThat(sum.shape()).isEqualTo(shape(64, 3));
        assertThat(x.shape()).isEqualTo(shape(64, 3));
        Tensor row = x.plus(zeros(FLOAT32, shape(1, 3)));
        assertThat(row.shape()).isEqualTo(shape(64, 3));
    }

    @Test
    void aNamedSizeIsShared() {
        Dim batch = graph.dim("batch");
        Tensor x = graph.placeholder("x", FLOAT32, Shape.of(batch, Dim.of(3)));
        Tensor y = graph.placeholder("y", FLOAT32, Shape.of(graph.dim("batch"), Dim.of(3)));
        assertThat(x.shape()).isEqualTo(y.shape());
    }

    @Test
    void aFailedCallLeavesTheGraphAsItWas() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3));
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, 4));
        Tensor i = graph.placeholder("i", INT32, shape(2));
        assertThatThrownBy(() -> add(x, y)).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> add(zeros(FLOAT32, shape(2)), i)).isInstanceOf(GraphException.class);
        assertThat(graph.find("add")).isEmpty();
        assertThat(graph.find("zeros")).isEmpty();
        assertThat(x.dim(0)).isNotEqualTo(y.dim(0));
        assertThat(exp(x).name()).isEqualTo("exp");
    }

    @Test
    void aNumberTakesTheDtypeOfTheTensor() {
        Tensor i = graph.placeholder("i", INT32, shape(2));
        assertThat(i.plus(2).dtype()).isEqualTo(INT32);
        assertThatThrownBy(() -> i.plus(2.5)).isInstanceOf(GraphException.class)
                .hasMessageContaining("the number 2.5 is not a value of int32");
        assertThat(Evaluation.of(graph.constant(new int[] {7, -7}).div(2)).toIntArray()).containsExactly(3, -3);
    }

    @Test
    void randomOpsOfOneGraphDiffer() {
        Tensor a = graph.tensor(randomNormal(FLOAT32, shape(100)));
        Tensor b = graph.tensor(randomNormal(FLOAT32, shape(100)));
        NDArray first = Evaluation.of(a);
        assertThat(first.sameBits(Evaluation.of(a))).isTrue();
        assertThat(first.sameBits(Evaluation.of(b))).isFalse();
        assertThat(first.sameBits(Evaluation.of(new Graph().tensor(randomNormal(FLOAT32, shape(100)))))).isTrue();
        assertThat(first.sameBits(Evaluation.of(new Graph(1).tensor(randomNormal(FLOAT32, shape(100)))))).isFalse();
    }
}
