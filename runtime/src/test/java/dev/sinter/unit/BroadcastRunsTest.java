package dev.sinter.unit;

import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import org.junit.jupiter.api.Test;

/** Sizes that may be 1: one program for 1 against n, n against n and n against 1, and its gradients. */
public class BroadcastRunsTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN)).mayBroadcast();
    private final Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN)).mayBroadcast();

    private static NDArray counted(long... sizes) {
        NDArray array = NDArray.zeros(FLOAT32, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, i + 1);
        }
        return array;
    }

    @Test
    void vectors() {
        Tensor product = x.times(y);
        Gradients first = gradients(product, x, y);
        Tensor second = gradients(square(first.of(x)), y).of(y);
        try (Session session = open(graph)) {
            long[][] cases = {{1, 5}, {5, 5}, {5, 1}, {1, 1}, {0, 1}, {1, 0}, {0, 0}, {1, 100}, {90, 90}};
            for (long[] sizes : cases) {
                Fetches out = session.run(feed(x, counted(sizes[0])).and(y, counted(sizes[1])),
                        fetch(product, first.of(x), first.of(y), second));
                long whole = sizes[0] == 1 ? sizes[1] : sizes[0];
                assertThat(out.get(product).sizes()).containsExactly(whole);
                for (long i = 0; i < whole; i++) {
                    assertThat(out.get(product).getDouble(i)).isEqualTo(at(sizes[0], i) * at(sizes[1], i));
                }
                assertGradient(out.get(first.of(x)), sizes[0], sizes[1], whole);
                assertGradient(out.get(first.of(y)), sizes[1], sizes[0], whole);
                assertThat(out.get(second).sizes()).containsExactly(sizes[1]);
            }
            assertThat(session.compilations()).isEqualTo(1);
        }
    }

    private static double at(long size, long index) {
        return size == 1 ? 1 : index + 1;
    }

    /** The gradient of a product by a factor is the other one, summed where the factor was stretched. */
    private static void assertGradient(NDArray gradient, long size, long other, long whole) {
        assertThat(gradient.sizes()).containsExactly(size);
        for (long i = 0; i < size; i++) {
            double sum = 0;
            for (long j = size == 1 ? 0 : i; j < (size == 1 ? whole : i + 1); j++) {
                sum += at(other, j);
            }
            assertThat(gradient.getDouble(i)).isEqualTo(sum);
        }
    }

    @Test
    void secondDerivatives() {
        Tensor first = gradients(square(x.times(y)), x).of(x);
        Tensor second = gradients(first, y).of(y);
        try (Session session = open(graph)) {
            // d/dy of sum over j of 2 x y_j^2 is 4 x y_j.
            assertThat(session.run(feed(x, new float[] {3}).and(y, new float[] {1, 2, 5}), second).toString())
                    .isEqualTo("[12. 24. 60.]");
            // d/dy of sum over i of 2 x_i y^2 is the sum over i of 4 x_i y.
            assertThat(session.run(feed(x, new float[] {1, 2, 3}).and(y, new float[] {2}), second).toString())
                    .isEqualTo("[48.]");
            assertThat(session.run(feed(x, new float[] {1, 2}).and(y, new float[] {2, 3}), second).toString())
                    .isEqualTo("[ 8. 24.]");
        }
    }

    @Test
    void rowsAndColumns() {
        Tensor a = graph.placeholder("a", FLOAT32, shape(UNKNOWN, UNKNOWN)).mayBroadcast();
        Tensor b = graph.placeholder("b", FLOAT32, shape(UNKNOWN, UNKNOWN)).mayBroadcast();
        Tensor sums = reduceSum(a.minus(b), 1);
        Tensor mean = reduceMean(a.plus(b));
        Tensor gradient = gradients(mean, b).of(b);
        try (Session session = open(graph)) {
            Fetches out = session.run(feed(a, counted(3, 1)).and(b, counted(1, 4)), fetch(sums, mean, gradient));
            assertThat(out.get(sums).toString()).isEqualTo("[-6. -2.  2.]");
            assertThat(out.get(mean).floatValue()).isEqualTo(4.5f);
            assertThat(out.get(gradient).toString()).isEqualTo("[[0.25 0.25 0.25 0.25]]");
            out = session.run(feed(a, counted(3, 4)).and(b, counted(3, 1)), fetch(sums, mean, gradient));
            assertThat(out.get(sums).toString()).isEqualTo("[ 6. 18. 30.]");
            assertThat(out.get(gradient).sizes()).containsExactly(3, 1);
            assertThat(session.compilations()).isEqualTo(1);
        }
    }

    @Test
    void stacksOfMatrices() {
        Tensor a = graph.placeholder("a", FLOAT32, shape(UNKNOWN, 2, 3)).mayBroadcast();
        Tensor b = graph.placeholder("b", FLOAT32, shape(UNKNOWN, 3, 2)).mayBroadcast();
        Tensor product = matmul(a, b);
        Tensor gradient = gradients(product, b).of(b);
        try (Session session = open(graph)) {
            for (long[] sizes : new long[][] {{1, 4}, {4, 4}, {4, 1}}) {
                NDArray left = counted(sizes[0], 2, 3);
                NDArray right = counted(sizes[1], 3, 2);
                Fetches out = session.run(feed(a, left).and(b, right), fetch(product, gradient));
                assertThat(out.get(product).sizes()).containsExactly(4, 2, 2);
                for (int i = 0; i < 16; i++) {
                    double sum = 0;
                    for (int j = 0; j < 3; j++) {
                        int from = sizes[0] == 1 ? 0 : i / 4;
                        int to = sizes[1] == 1 ? 0 : i / 4;
                        sum += left.getDouble((from * 2 + i / 2 % 2) * 3 + j)
                                * right.getDouble((to * 3 + j) * 2 + i % 2);
                    }
                    assertThat(out.get(product).getDouble(i)).isEqualTo(sum);
                }
                assertThat(out.get(gradient).sizes()).containsExactly(sizes[1], 3, 2);
            }
            assertThat(session.compilations()).isEqualTo(1);
        }
    }

    @Test
    void aKnownSize() {
        Variable w = graph.variable("w", zeros(FLOAT32, shape(3)));
        Tensor update = w.assignAdd(x);
        Tensor wide = broadcastTo(x, shape(2, 3));
        try (Session session = open(graph)) {
            session.run(graph.initializer());
            session.run(feed(x, new float[] {2}), update);
            session.run(feed(x, new float[] {1, 2, 3}), update);
            assertThat(session.value(w).toString()).isEqualTo("[3. 4. 5.]");
            assertThat(session.run(feed(x, new float[] {7}), wide).toString())
                    .isEqualTo("[[7. 7. 7.]\n [7. 7. 7.]]");
        }
    }
}
