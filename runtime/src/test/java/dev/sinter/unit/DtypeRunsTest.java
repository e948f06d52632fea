package dev.sinter.unit;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Rounding;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Half floats, short and unsigned integers in sessions: feeds, sums, products, training, random numbers. */
public class DtypeRunsTest extends OnEachBackend {
    private static final List<DType> HALVES = List.of(DType.FLOAT16, DType.BFLOAT16);

    private final Graph graph = new Graph();

    private static NDArray waves(DType dtype, long... sizes) {
        NDArray array = NDArray.zeros(dtype, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, Math.sin(i * 1.7));
        }
        return array;
    }

    @Test
    void javaValuesConvertWhereTheyFit() {
        Tensor bytes = graph.placeholder("bytes", DType.UINT8, shape(3));
        Tensor halves = graph.placeholder("halves", DType.FLOAT16, shape(2));
        try (Session session = open(graph)) {
            assertThat(session.run(feed(bytes, new int[] {0, 7, 255}), fetch(bytes)).get(bytes)).hasToString(
                    "[  0   7 255]");
            assertThat(session.run(feed(halves, new double[] {0.1, 1e6}), fetch(halves)).get(halves))
                    .hasToString("[0.1 inf]");
            assertThat(session.run(feed(bytes, NDArray.of((byte) -1, (byte) 2, (byte) 3).view(DType.UINT8)),
                    fetch(bytes)).get(bytes)).hasToString("[255   2   3]");
            assertThatThrownBy(() -> feed(bytes, new int[] {0, 256, 1})).isInstanceOf(GraphException.class)
                    .hasMessage("feed: \"bytes\" is uint8, into which 256 does not fit");
            assertThatThrownBy(() -> feed(bytes, new byte[] {0, -1, 1})).isInstanceOf(GraphException.class)
                    .hasMessageContaining("-1 does not fit; NDArray.view(UINT8) reads the bits");
            assertThatThrownBy(() -> bytes.plus(-1)).isInstanceOf(GraphException.class)
                    .hasMessageContaining("the number -1 is not a value of uint8");
            assertThatThrownBy(() -> bytes.plus(cast(bytes, DType.INT8))).isInstanceOf(GraphException.class);
        }
    }

    @Test
    void sumsOfHalfFloatsAreKeptInFloat32() {
        for (DType dtype : HALVES) {
            Tensor ones = graph.tensor(constant(NDArray.full(dtype, 1, 100_000)));
            Tensor mean = reduceMean(ones);
            Tensor softmax = reduceSum(Nn.softmax(ones.times(0.5)));
            Tensor deviation = reduceSum(square(graph.tensor(constant(NDArray.full(dtype, 0.25, 3000)))));
            try (Session session = open(graph)) {
                var out = session.run(fetch(mean, softmax, deviation));
                assertThat(out.get(mean).item()).isEqualTo(1);
                assertThat(out.get(softmax).item()).isEqualTo(1, org.assertj.core.data.Offset.offset(0.01));
                assertThat(out.get(deviation).item()).isEqualTo(Rounding.toFloat(dtype, 187.5));
            }
        }
    }

    @Test
    void productsOfHalfFloatsAreRoundedOnce() {
        for (DType dtype : HALVES) {
            for (long[] sizes : new long[][] {{65, 1100, 70}, {3, 40, 5}, {130, 64, 530}, {1, 300, 7}}) {
                NDArray x = waves(dtype, sizes[0], sizes[1]);
                NDArray y = waves(dtype, sizes[1], sizes[2]);
                Tensor product = matmul(graph.tensor(constant(x)), graph.tensor(constant(y)));
                try (Session session = open(graph)) {
                    NDArray actual = session.run(fetch(product)).get(product);
                    for (int row = 0; row < sizes[0]; row++) {
                        for (int column = 0; column < sizes[2]; column++) {
                            double sum = 0;
                            for (int k = 0; k < sizes[1]; k++) {
                                sum += x.getDouble(row * sizes[1] + k) * y.getDouble(k * sizes[2] + column);
                            }
                            assertThat(actual.getDouble(row * sizes[2] + column)).isEqualTo(sum,
                                    org.assertj.core.data.Offset.offset(Rounding.ulp(dtype, sum) + 1e-3));
                        }
                    }
                }
            }
        }
    }

    @Test
    void productsOfShortIntegersWrap() {
        NDArray x = NDArray.zeros(DType.INT8, 20, 33);
        NDArray y = NDArray.zeros(DType.INT8, 33, 17);
        for (long i = 0; i < x.elementCount(); i++) {
            x.setLong(i, i * 37);
        }
        for (long i = 0; i < y.elementCount(); i++) {
            y.setLong(i, i * 53 + 1);
        }
        Tensor product = matmul(graph.tensor(constant(x)), graph.tensor(constant(y)));
        Tensor left = cast(graph.tensor(constant(x)), DType.INT32);
        Tensor wrapped = cast(matmul(left, cast(graph.tensor(constant(y)), DType.INT32)), DType.INT8);
        try (Session session = open(graph)) {
            var out = session.run(fetch(product, wrapped));
            assertThat(out.get(product).sameBits(out.get(wrapped))).isTrue();
        }
    }

    /** Which are in registers while the loop runs, and wider there than in memory. */
    @Test
    void loopsHandOnShortElements() {
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16, DType.INT8, DType.UINT8, DType.INT16, DType.UINT16)) {
            for (int size : new int[] {1, 17, 30}) {
                Graph each = new Graph();
                Tensor x = each.placeholder("x", dtype, shape(size));
                NDArray values = NDArray.zeros(dtype, size);
                NDArray later = NDArray.zeros(dtype, size);
                for (int i = 0; i < size; i++) {
                    values.setDouble(i, (i + 3) * 5 % 31);
                    later.setDouble(i, (i + 3) * 5 % 31 + 3);
                }
                ScanResult scan = Control.scan(List.of(x), List.of(Ops.range(DType.INT64, 3)), step ->
                        Step.carry(step.carry(0).plus(1)).output(Ops.argMax(step.carry(0), 0)));
                try (Session session = open(each)) {
                    List<Tensor> both = List.of(scan.carry(0), scan.output(0));
                    Fetches found = session.run(feed(x, values), fetch(both));
                    assertThat(found.get(0)).as("%s[%d]", dtype, size).hasToString(later.toString());
                    long greatest = size == 1 ? 0 : 3;
                    assertThat(found.get(1)).hasToString("[" + greatest + " " + greatest + " " + greatest + "]");
                }
            }
        }
    }

    @Test
    void variablesOfUnsignedIntegersWrap() {
        Variable count = graph.variable("count", constant(NDArray.scalar(-2L).view(DType.UINT64)));
        Tensor next = count.assignAdd(constant(NDArray.scalar(1L).view(DType.UINT64)));
        Tensor quotient = count.div(10);
        try (Session session = open(graph)) {
            session.run(graph.initializer());
            assertThat(session.run(fetch(quotient)).get(quotient)).hasToString("1844674407370955161");
            assertThat(session.run(fetch(next)).get(next)).hasToString("18446744073709551615");
            assertThat(session.run(fetch(next)).get(next)).hasToString("0");
        }
    }

    /** The maximum finds the elements that equal it, though both are computed again. */
    @Test
    void theGradientOfAMaximumIsOne() {
        for (DType dtype : HALVES) {
            Tensor x = graph.tensor(constant(waves(dtype, 7, 40)));
            Tensor chain = x.times(1.1).plus(0.3).times(x);
            Tensor gradient = gradients(reduceMax(chain, 1), chain).of(chain);
            Tensor sums = reduceSum(gradient, 1);
            try (Session session = open(graph)) {
                NDArray all = session.run(fetch(sums)).get(sums);
                for (long i = 0; i < 7; i++) {
                    assertThat(all.getDouble(i)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aLineIsFitted() {
        for (DType dtype : HALVES) {
            Variable w = graph.variable("w_" + dtype, constant(NDArray.zeros(dtype, 8, 1)));
            Tensor x = graph.tensor(constant(waves(dtype, 64, 8)));
            Tensor wanted = matmul(x, graph.tensor(constant(waves(dtype, 8, 1))));
            Tensor loss = reduceMean(square(matmul(x, w).minus(wanted)));
            Tensor step = w.assignSub(gradients(loss, w).of(w).times(0.4));
            try (Session session = open(graph)) {
                session.run(graph.initializer());
                double first = session.run(fetch(loss)).get(loss).item();
                for (int i = 0; i < 40; i++) {
                    session.run(fetch(step));
                }
                assertThat(session.run(fetch(loss)).get(loss).item()).isLessThan(first / 20);
            }
        }
    }

    @Test
    void randomHalfFloatsStayBelowTheirBound() {
        for (DType dtype : HALVES) {
            Shape size = shape(20_000);
            Tensor uniform = graph.tensor(Random.uniform(dtype, size, 0.5, 1));
            Tensor normal = graph.tensor(Random.normal(dtype, size, 3, 0.5));
            Tensor most = reduceMax(uniform);
            Tensor mean = reduceMean(normal);
            try (Session session = open(graph)) {
                var out = session.run(fetch(most, mean));
                assertThat(out.get(most).item()).isBetween(0.9, Rounding.below(dtype, 1));
                assertThat(out.get(mean).item()).isBetween(2.95, 3.05);
            }
        }
    }
}
