package dev.sinter.unit;

import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.dynamicSlice;
import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.split;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.squeeze;
import static dev.sinter.graph.Ops.stack;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes that are equal for a reason that no graph can know are taken to be equal, and each run checks it. */
public class UnknownSizesTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, UNKNOWN));

    private NDArray run(Feeds feeds, Tensor tensor) {
        try (Session session = open(graph)) {
            return session.run(feeds, tensor);
        }
    }

    private static NDArray counted(long... sizes) {
        NDArray array = NDArray.zeros(FLOAT32, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, i);
        }
        return array;
    }

    @Test
    void aReshapeWhoseSizesMayNotDivide() {
        Tensor sixes = reshape(x, shape(UNKNOWN, 6));
        Tensor sum = reduceSum(square(sixes), 0);
        Tensor gradient = gradients(sum, x).of(x);
        assertThat(sixes.toString()).contains("shape=(?, 6)");
        try (Session session = open(graph)) {
            for (long[] sizes : new long[][] {{4, 3}, {3, 4}, {1, 6}, {50, 36}, {0, 5}}) {
                NDArray value = counted(sizes);
                Fetches out = session.run(feed(x, value), fetch(sixes, sum, gradient));
                assertThat(out.get(sixes).sizes()).containsExactly(sizes[0] * sizes[1] / 6, 6);
                for (long i = 0; i < value.elementCount(); i++) {
                    assertThat(out.get(sixes).getDouble(i)).isEqualTo(i);
                    assertThat(out.get(gradient).getDouble(i)).isEqualTo(2 * i);
                }
            }
            assertThat(session.compilations()).isEqualTo(1);
        }
    }

    @Test
    void aReshapeToHalves() {
        Tensor threes = graph.placeholder("threes", FLOAT32, shape(UNKNOWN, 3));
        NDArray halves = run(feed(threes, counted(4, 3)), reshape(threes, shape(2, UNKNOWN)).plus(1));
        assertThat(halves.sizes()).containsExactly(2, 6);
        assertThat(halves.getDouble(7)).isEqualTo(8);
    }

    @Test
    void aReshapeToKnownSizes() {
        NDArray known = run(feed(x, counted(4, 6)), reshape(x, shape(8, 3)));
        assertThat(known.sizes()).containsExactly(8, 3);
        assertThat(known.getDouble(23)).isEqualTo(23);
    }

    @Test
    void operandsOfOneSizeByAccident() {
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor sixes = reshape(x, shape(UNKNOWN, 6));
        Tensor fours = reshape(y, shape(UNKNOWN, 4));
        Feeds feeds = feed(x, counted(4, 3)).and(y, counted(1, 8));
        NDArray joined = run(feeds, concat(1, sixes, fours));
        assertThat(joined.sizes()).containsExactly(2, 10);
        assertThat(joined.getDouble(18)).isEqualTo(6);
        assertThat(run(feeds, stack(0, reduceSum(sixes, 1), reduceSum(fours, 1))).toString())
                .isEqualTo("[[15. 51.]\n [ 6. 22.]]");
        assertThat(run(feeds, reduceSum(sixes, 1).plus(reduceSum(fours, 1))).toString()).isEqualTo("[21. 73.]");
        NDArray product = run(feeds, Linalg.matmul(sixes, fours, true, false));
        assertThat(product.sizes()).containsExactly(6, 4);
        assertThat(product.getDouble(3)).isEqualTo(6 * 7);
        assertThat(run(feeds, einsum("ab,ac->bc", sixes, fours)).sameBits(product)).isTrue();
        Tensor gradient = gradients(reduceSum(square(concat(1, sixes, fours))), y).of(y);
        assertThat(run(feeds, gradient).toString()).isEqualTo("[[ 0.  2.  4.  6.  8. 10. 12. 14.]]");
    }

    @Test
    void partsOfAnUnknownSize() {
        Tensor flat = graph.placeholder("flat", FLOAT32, shape(UNKNOWN));
        List<Tensor> parts = split(flat, 3, 0);
        NDArray last = run(feed(flat, counted(12)), parts.get(2).minus(parts.get(0)));
        assertThat(last.sizes()).containsExactly(4);
        assertThat(last.getDouble(3)).isEqualTo(8);
    }

    @Test
    void theLargestStartIsTheLastElement() {
        for (long index : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 3, Long.MIN_VALUE}) {
            NDArray row = run(feed(x, counted(4, 3)),
                    dynamicSlice(x, List.of(constant(index), constant(0L)), shape(1, 3)));
            assertThat(row.toString()).isEqualTo(index > 0 ? "[[ 9. 10. 11.]]" : "[[0. 1. 2.]]");
        }
    }

    @Test
    void anUnknownSizeThatIsOne() {
        NDArray squeezed = run(feed(x, counted(1, 5)), squeeze(x, 0));
        assertThat(squeezed.sizes()).containsExactly(5);
    }

    @Test
    void aVariableOfAKnownSize() {
        Variable w = graph.variable("w", zeros(FLOAT32, shape(4, 6)));
        Tensor update = w.assign(reshape(x, shape(UNKNOWN, 6)));
        try (Session session = open(graph)) {
            session.run(graph.initializer());
            session.run(feed(x, counted(3, 8)), update);
            assertThat(session.value(w).getDouble(23)).isEqualTo(23);
        }
    }
}
