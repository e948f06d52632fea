package dev.sinter.unit;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Control.vectorizedMap;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.gatherNd;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sin;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.tensorScatterNdAdd;
import static dev.sinter.graph.Select.booleanMask;
import static dev.sinter.graph.Select.nonzero;
import static dev.sinter.graph.Select.prefix;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.SortDirection;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.graph.WhileOptions;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes that a run finds: fetched as they are, handed on by loops, part of gradients. */
public class FoundSizesTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 2));
    private final Tensor count = graph.placeholder("count", INT64, shape());

    private static final double[][] ROWS = {{1, 2}, {3, 4}, {5, 6}};

    @Test
    void aFetchHasTheSizeThatTheRunFinds() {
        Tensor first = prefix(x, count);
        Tensor twice = first.times(2.0);
        Tensor sum = reduceSum(twice, 0);
        assertThat(first.shape().toUserString()).isEqualTo("(?, 2)");
        try (Session session = open(graph)) {
            for (long n = 0; n <= 3; n++) {
                NDArray value = session.run(feed(x, ROWS).and(count, NDArray.scalar(n)), twice);
                assertThat(value.sizes()).containsExactly(n, 2);
                assertThat(n == 0 ? 2.0 : value.getDouble(0)).isEqualTo(2.0);
            }
            assertThat(session.run(feed(x, ROWS).and(count, NDArray.scalar(2L)), sum).toString())
                    .isEqualTo("[ 8. 12.]");
        }
    }

    @Test
    void aSizeOutOfRangeFailsTheRun() {
        Tensor first = prefix(x, count);
        try (Session session = open(graph)) {
            for (long wrong : new long[] {4, -1}) {
                assertThatThrownBy(() -> session.run(feed(x, ROWS).and(count, NDArray.scalar(wrong)), first))
                        .isInstanceOf(GraphException.class).hasMessageContaining("size")
                        .hasMessageContaining("FoundSizesTest.java");
            }
            assertThat(session.run(feed(x, ROWS).and(count, NDArray.scalar(1L)), first).sizes()).containsExactly(1, 2);
        }
    }

    @Test
    void prefixesOfOneCountHaveOneSize() {
        Tensor y = x.times(10.0);
        Tensor sum = prefix(x, count).plus(prefix(y, count));
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS).and(count, NDArray.scalar(2L)), sum).toString())
                    .isEqualTo("[[11. 22.]\n [33. 44.]]");
        }
    }

    @Test
    void aTensorOfSuchASizeCanBeFed() {
        Tensor first = prefix(x, count);
        Tensor doubled = first.times(2.0);
        try (Session session = open(graph)) {
            assertThat(session.run(feed(first, ROWS), doubled).sizes()).containsExactly(3, 2);
        }
    }

    /** Appends the mean of all rows, so often that the last rows depend on all before. */
    private Tensor grown(Tensor start, long rows) {
        return whileLoop(start, all -> less(Ops.size(all), 2 * rows),
                all -> concat(0, sin(all), expandDims(reduceMean(tanh(all), 0), 0)),
                WhileOptions.DEFAULT.withMaxIterations(20).withVaryingLength(0, 30));
    }

    private Tensor unrolled(Tensor start, int times) {
        Tensor all = start;
        for (int i = 0; i < times; i++) {
            all = concat(0, sin(all), expandDims(reduceMean(tanh(all), 0), 0));
        }
        return all;
    }

    @Test
    void aCarryGrowsAsItsUnrolledLoop() {
        Tensor start = graph.placeholder("start", FLOAT64, shape(3, 2));
        Tensor grown = grown(start, 8);
        Tensor plain = unrolled(start, 5);
        Tensor slope = gradients(reduceSum(square(grown)), start).of(start);
        Tensor plainSlope = gradients(reduceSum(square(plain)), start).of(start);
        Tensor second = gradients(reduceSum(square(slope)), start).of(start);
        Tensor plainSecond = gradients(reduceSum(square(plainSlope)), start).of(start);
        try (Session session = open(graph)) {
            near(session, start, grown, plain);
            near(session, start, slope, plainSlope);
            near(session, start, second, plainSecond);
        }
    }

    private static void near(Session session, Tensor start, Tensor actual, Tensor expected) {
        NDArray one = session.run(feed(start, ROWS), actual);
        NDArray other = session.run(feed(start, ROWS), expected);
        assertThat(one.sizes()).isEqualTo(other.sizes());
        for (long i = 0; i < one.elementCount(); i++) {
            assertThat(one.getDouble(i)).isCloseTo(other.getDouble(i), within(1e-9));
        }
    }

    @Test
    void aCarryShrinksUntilNothingIsLeft() {
        List<Tensor> results = whileLoop(List.of(x, graph.constant(0.0)),
                carries -> greater(Ops.size(carries.get(0)), 0),
                carries -> List.of(Ops.stridedSlice(carries.get(0), new long[] {1, 0}, new long[] {1000, 2},
                        new long[] {1, 1}), carries.get(1).times(10).plus(reduceSum(carries.get(0)))),
                WhileOptions.DEFAULT.withVaryingLength(0, x.dim(0)));
        Tensor slope = gradients(results.get(1), x).of(x);
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS), results.get(0)).sizes()).containsExactly(0, 2);
            assertThat(session.run(feed(x, ROWS), results.get(1)).item()).isEqualTo(2100 + 180 + 11);
            assertThat(session.run(feed(x, ROWS), slope).toString())
                    .isEqualTo("[[100. 100.]\n [110. 110.]\n [111. 111.]]");
        }
    }

    @Test
    void aMaskChoosesRows() {
        Tensor chosen = booleanMask(x, greater(reduceSum(x, 1), 5));
        Tensor slope = gradients(reduceSum(square(chosen)), x).of(x);
        Tensor elements = booleanMask(x, greater(x, 2));
        Tensor places = nonzero(greater(x, 2));
        Tensor even = nonzero(x.rem(2.0));
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS), chosen).toString()).isEqualTo("[[3. 4.]\n [5. 6.]]");
            assertThat(session.run(feed(x, ROWS), slope).toString())
                    .isEqualTo("[[ 0.  0.]\n [ 6.  8.]\n [10. 12.]]");
            assertThat(session.run(feed(x, ROWS), elements).toString()).isEqualTo("[3. 4. 5. 6.]");
            assertThat(session.run(feed(x, ROWS), places).toString()).isEqualTo("[[1 0]\n [1 1]\n [2 0]\n [2 1]]");
            assertThat(session.run(feed(x, ROWS), even).toString()).isEqualTo("[[0 0]\n [1 0]\n [2 0]]");
            assertThat(session.run(feed(x, new double[][] {{1, 2}}), chosen).sizes()).containsExactly(0, 2);
            assertThat(session.run(feed(x, new double[0][2]), places).sizes()).containsExactly(0, 2);
        }
    }

    /** Rows are chosen again and again until only one is left; each element is read where it counts. */
    @Test
    void masksStandInLoops() {
        Tensor left = whileLoop(x, rows -> greater(Ops.size(rows), 2),
                rows -> booleanMask(rows, greater(reduceSum(rows, 1), reduceMean(reduceSum(rows, 1)).minus(1e-9))),
                WhileOptions.DEFAULT.withMaxIterations(10).withVaryingLength(0, x.dim(0)));
        Tensor last = Ops.gather(left, graph.constant(0));
        Tensor slope = gradients(reduceSum(square(left)), x).of(x);
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS), left).toString()).isEqualTo("[[5. 6.]]");
            assertThat(session.run(feed(x, ROWS), last).toString()).isEqualTo("[5. 6.]");
            assertThat(session.run(feed(x, ROWS), slope).toString())
                    .isEqualTo("[[ 0.  0.]\n [ 0.  0.]\n [10. 12.]]");
        }
    }

    /** What a mask leaves out has no part in what is read, be it infinite; an index behind what is left is an error. */
    @Test
    void aChosenRowIsReadWhereItLies() {
        Tensor chosen = booleanMask(x, greater(reduceSum(x, 1), 5));
        Tensor turned = Ops.transpose(chosen, 1, 0);
        Tensor indices = graph.constant(new int[] {1, 0, 1});
        Tensor tuples = graph.constant(new int[][] {{1, 1}, {0, 0}, {1, 1}});
        Tensor sums = tensorScatterNdAdd(chosen, graph.constant(new int[][] {{1}, {1}}), constant(new double[2][2]));
        Tensor square = reduceSum(square(gatherNd(chosen, tuples)));
        double[][] rows = {{1, 2}, {Double.POSITIVE_INFINITY, 4}, {5, 6}};
        double[][] few = {{1, 2}};
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, rows), gather(chosen, indices)).toString())
                    .isEqualTo("[[ 5.  6.]\n [inf  4.]\n [ 5.  6.]]");
            assertThat(session.run(feed(x, rows), gather(chosen, constant(1))).toString()).isEqualTo("[5. 6.]");
            assertThat(session.run(feed(x, rows), gather(turned, indices, 1)).toString())
                    .isEqualTo("[[ 5. inf  5.]\n [ 6.  4.  6.]]");
            assertThat(session.run(feed(x, ROWS), gatherNd(chosen, tuples)).toString()).isEqualTo("[6. 3. 6.]");
            assertThat(session.run(feed(x, ROWS), gradients(square, x).of(x)).toString())
                    .isEqualTo("[[ 0.  0.]\n [ 6.  0.]\n [ 0. 24.]]");
            assertThat(session.run(feed(x, ROWS), sums).toString()).isEqualTo("[[3. 4.]\n [5. 6.]]");
            for (Tensor outside : List.of(gather(chosen, indices), gatherNd(chosen, tuples), sums)) {
                assertThatThrownBy(() -> session.run(feed(x, few), outside)).isInstanceOf(GraphException.class)
                        .hasMessageContaining(": index 1 of axis 0 of size 0 lies outside: the axis is empty\n  at ");
            }
        }
    }

    /** A permutation is inverted of as many numbers as the run finds, which it checks. */
    @Test
    void aRunFindsHowManyNumbersArePermuted() {
        Tensor inverse = Ops.invertPermutation(prefix(graph.constant(new long[] {2, 0, 1, 3}), count));
        Tensor order = Ops.argsort(booleanMask(x, greater(reduceSum(x, 1), 5)), 0, SortDirection.DESCENDING);
        Tensor back = Ops.invertPermutation(gather(order, constant(0), 1));
        try (Session session = open(graph)) {
            assertThat(session.run(feed(count, NDArray.scalar(0L)), inverse).sizes()).containsExactly(0);
            assertThat(session.run(feed(count, NDArray.scalar(3L)), inverse).toString()).isEqualTo("[1 2 0]");
            assertThat(session.run(feed(count, NDArray.scalar(4L)), inverse).toString()).isEqualTo("[1 2 0 3]");
            assertThatThrownBy(() -> session.run(feed(count, NDArray.scalar(2L)), inverse))
                    .isInstanceOf(GraphException.class).hasMessageStartingWith("invert_permutation: at [0]: index 2 of"
                            + " axis 0 of size 2 lies outside; an index is 0 to 1\n  at FoundSizesTest.java");
            assertThat(session.run(feed(x, ROWS), back).toString()).isEqualTo("[1 0]");
            assertThat(session.run(feed(x, new double[][] {{1, 2}}), back).sizes()).containsExactly(0);
        }
    }

    /** As many elements are read as the run finds; where there may be one, the table must have one. */
    @Test
    void aRunFindsHowManyElementsAreRead() {
        Tensor places = nonzero(greater(x, 2));
        Tensor chosen = gatherNd(x, places);
        Tensor doubled = tensorScatterNdAdd(x, places, chosen);
        Tensor slope = gradients(reduceSum(square(chosen)), x).of(x);
        Tensor some = gather(x, prefix(graph.constant(new long[] {2, 0, 1}), count));
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS), chosen).toString()).isEqualTo("[3. 4. 5. 6.]");
            assertThat(session.run(feed(x, ROWS), doubled).toString())
                    .isEqualTo("[[ 1.  2.]\n [ 6.  8.]\n [10. 12.]]");
            assertThat(session.run(feed(x, ROWS), slope).toString())
                    .isEqualTo("[[ 0.  0.]\n [ 6.  8.]\n [10. 12.]]");
            assertThat(session.run(feed(x, new double[0][2]), chosen).sizes()).containsExactly(0);
            assertThat(session.run(feed(x, ROWS).and(count, NDArray.scalar(2L)), some).toString())
                    .isEqualTo("[[5. 6.]\n [1. 2.]]");
            assertThatThrownBy(() -> session.run(feed(x, new double[0][2]).and(count, NDArray.scalar(0L)), some))
                    .isInstanceOf(GraphException.class).hasMessageContaining("no index along axis 0 of size 0");
        }
    }

    /** The sum of sines of the first rows, times their number; its gradient is known. */
    private static Tensor summed(Tensor rows, Tensor number) {
        Tensor first = prefix(rows, number);
        return reduceSum(sin(first)).times(reduceSum(tanh(first)));
    }

    private void checkGradient(Tensor y, Tensor plain, long number) {
        Tensor slope = gradients(y, x).of(x);
        Tensor plainSlope = gradients(plain, x).of(x);
        Tensor second = gradients(reduceSum(square(slope)), x).of(x);
        Tensor plainSecond = gradients(reduceSum(square(plainSlope)), x).of(x);
        try (Session session = open(graph)) {
            for (List<Tensor> pair : List.of(List.of(y, plain), List.of(slope, plainSlope),
                    List.of(second, plainSecond))) {
                NDArray one = session.run(feed(x, ROWS).and(count, NDArray.scalar(number)), pair.get(0));
                NDArray other = session.run(feed(x, ROWS).and(count, NDArray.scalar(number)), pair.get(1));
                assertThat(one.sizes()).isEqualTo(other.sizes());
                for (long i = 0; i < one.elementCount(); i++) {
                    assertThat(one.getDouble(i)).isCloseTo(other.getDouble(i), within(1e-9));
                }
            }
        }
    }

    /** {@link #summed} of a number of rows that is known. */
    private Tensor known(long number) {
        Tensor first = Ops.slice(x, new long[] {0, 0}, new long[] {number, 2});
        return reduceSum(sin(first)).times(reduceSum(tanh(first)));
    }

    @Test
    void sizesAreFoundInBranches() {
        checkGradient(cond(greater(count, 1), () -> summed(x, count), () -> reduceSum(x)), known(2), 2);
    }

    @Test
    void sizesAreFoundInFunctions() {
        GraphFunction function = function(graph, "f", List.of(TensorSpec.of(FLOAT64, shape(UNKNOWN, 2)),
                TensorSpec.of(INT64, shape())), arguments -> List.of(summed(arguments.get(0), arguments.get(1))));
        Tensor twice = function.call(x, count).get(0).plus(function.call(x, count.plus(1L)).get(0));
        checkGradient(twice, known(1).plus(known(2)), 1);
    }

    @Test
    void sizesAreFoundInScans() {
        Tensor counts = graph.constant(new long[] {3, 0, 2, 1});
        Tensor plain = known(3).plus(known(0)).plus(known(2)).plus(known(1));
        checkGradient(reduceSum(mapFn(counts, number -> summed(x, number))), plain, 0);
        checkGradient(reduceSum(vectorizedMap(counts, number -> summed(x, number))), plain, 0);
        checkGradient(foldl(graph.constant(0.0), counts, (all, number) -> all.plus(summed(x, number))), plain, 0);
        Tensor sums = scan(graph.constant(0.0), counts, ScanOptions.DEFAULT.withCheckpoints(2),
                (all, number) -> all.plus(summed(x, number)));
        checkGradient(reduceSum(Ops.slice(sums, new long[] {3}, new long[] {1})), plain, 0);
    }

    /** Each row is followed by as many halves of it as it takes to be small; the inner carry grows within the outer. */
    @Test
    void lengthsVaryInLoopsInLoops() {
        Tensor last = whileLoop(List.of(prefix(x, graph.constant(1L)), graph.constant(0L)),
                carries -> less(carries.get(1), 3), carries -> {
                    Tensor longer = whileLoop(carries.get(0), all -> less(Ops.size(all),
                                    carries.get(1).plus(1L).times(4L)),
                            all -> concat(0, all, sin(prefix(all, graph.constant(1L)))),
                            WhileOptions.DEFAULT.withMaxIterations(4).withVaryingLength(0, 9));
                    return List.of(longer, carries.get(1).plus(1L));
                }, WhileOptions.DEFAULT.withMaxIterations(4).withVaryingLength(0, 9)).get(0);
        Tensor row = Ops.slice(x, new long[] {0, 0}, new long[] {1, 2});
        Tensor sine = sin(row);
        Tensor plain = concat(0, row, sine, sine, sine, sine, sine);
        checkGradient(reduceSum(square(last)), reduceSum(square(plain)), 0);
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS), last).sizes()).containsExactly(6, 2);
        }
    }

    @Test
    void aCarryThatOutgrowsItsBoundFailsTheRun() {
        Tensor grown = whileLoop(x, all -> less(Ops.size(all), count),
                all -> concat(0, all, all), WhileOptions.DEFAULT.withVaryingLength(0, x.dim(0).times(5)));
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS).and(count, NDArray.scalar(20L)), grown).sizes())
                    .containsExactly(12, 2);
            assertThatThrownBy(() -> session.run(feed(x, ROWS).and(count, NDArray.scalar(25L)), grown))
                    .isInstanceOf(GraphException.class).hasMessageContaining("size");
            assertThat(session.run(feed(x, ROWS).and(count, NDArray.scalar(1L)), grown).sizes()).containsExactly(3, 2);
        }
    }
}
