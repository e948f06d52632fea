package dev.sinter.error;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Image;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ResizeMethod;
import dev.sinter.graph.Select;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.unit.OnEachBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Indices that lie outside: the run fails, says where, and changes nothing; the same on each back end. */
public class IndexErrorsTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 2));
    private final Tensor i = graph.placeholder("i", INT32, shape(UNKNOWN, UNKNOWN));
    private final Tensor j = graph.placeholder("j", INT64, shape(UNKNOWN));
    private static final float[][] ROWS = {{1, 2}, {3, 4}, {5, 6}};

    @Test
    void theFirstOneIsNamed() {
        Tensor rows = Ops.gather(x, i);
        Tensor deep = Ops.exp(Ops.gather(Ops.exp(x), Ops.add(j, j), 1));
        try (Session session = open(graph)) {
            assertThatThrownBy(() -> session.run(feed(x, ROWS).and(i, new int[][] {{0, 1}, {2, 0}, {1, 7}}), rows))
                    .isInstanceOf(GraphException.class).hasMessageStartingWith("gather: at [2, 1]: index 7 of axis 0 of"
                            + " size 3 lies outside; an index is 0 to 2\n  at IndexErrorsTest.java");
            assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, new long[] {0, -1}), deep))
                    .hasMessageStartingWith("gather: at [1]: index -2 of axis 1 of size 2 lies outside");
            assertThat(session.run(feed(x, ROWS).and(i, new int[][] {{2}}), rows).toString()).isEqualTo("[[[5. 6.]]]");
        }
    }

    /** What is read is the same whatever the index is. */
    @Test
    void ofAnAxisOfOneElement() {
        Tensor k = graph.placeholder("k", INT64, shape());
        Tensor y = graph.placeholder("y", FLOAT32, shape(3, 1));
        Tensor column = Ops.gather(y, k, 1);
        try (Session session = open(graph)) {
            assertThatThrownBy(() -> session.run(feed(y, new float[3][1]).and(k, 2), column)).hasMessageStartingWith(
                    "gather: index 2 of axis 1 of size 1 lies outside; an index is 0 to 0\n  at IndexErrorsTest.java");
            assertThat(session.run(feed(y, new float[3][1]).and(k, 0), column).toString()).isEqualTo("[0. 0. 0.]");
        }
    }

    @Test
    void ofClasses() {
        Tensor losses = Nn.sparseSoftmaxCrossEntropyWithLogits(j, x);
        Tensor gradient = Ops.gradients(losses, x).of(x);
        try (Session session = open(graph)) {
            for (Tensor tensor : List.of(losses, gradient)) {
                for (long label : new long[] {-1, 2}) {
                    assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, new long[] {0, 1, label}), tensor))
                            .isInstanceOf(GraphException.class).hasMessageStartingWith(
                                    "sparse_softmax_cross_entropy_with_logits: at [2]: index " + label
                                            + " of axis 1 of size 2 lies outside; an index is 0 to 1");
                }
            }
            assertThat(session.run(feed(x, new float[3][2]).and(j, new long[] {0, 1, 1}), losses).toString())
                    .isEqualTo("[0.6931472 0.6931472 0.6931472]");
        }
    }

    /** Vectors, and more than one tile. */
    @Test
    void oneOfMany() {
        Tensor picked = Ops.gather(x, j, 0);
        long[] many = new long[100_003];
        many[77_777] = 3;
        try (Session session = open(graph)) {
            assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, many), picked))
                    .hasMessageStartingWith("gather: at [77777]: index 3 of axis 0 of size 3 lies outside");
        }
    }

    @Test
    void aVariableStaysAsItWas() {
        Variable table = graph.variable("table", Ops.zeros(FLOAT32, shape(4, 2)));
        Tensor rows = Ops.scatterAdd(table, j, x);
        Tensor other = graph.variable("other", Ops.zeros(FLOAT32, shape(2))).assignAdd(Ops.reduceSum(x, 0));
        try (Session session = open(graph)) {
            session.run(graph.initializer());
            assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, new long[] {0, 4, 1}),
                            fetch(rows).targets(other)))
                    .hasMessageStartingWith("scatter_add: at [1]: index 4 of axis 0 of size 4 lies outside");
            assertThat(session.run(feed(x, ROWS).and(j, new long[] {3, 0, 3}), rows).toString())
                    .isEqualTo("[[3. 4.]\n [0. 0.]\n [0. 0.]\n [6. 8.]]");
            assertThat(session.run(feed(x, ROWS), other).toString()).isEqualTo("[ 9. 12.]");
        }
    }

    /** Nothing reads what is picked, but something comes after it. */
    @Test
    void whatComesAfterIndicesFailsWithThem() {
        Tensor picked = Ops.gather(x, j);
        Tensor sum = Ops.reduceSum(x);
        Tensor later = Control.withDependencies(sum, picked);
        Tensor muchLater = Control.withDependencies(sum, Control.group(Ops.exp(picked), sum));
        Tensor both = later.plus(Ops.reduceSum(picked));
        Tensor each = Control.mapFn(x, row -> Control.withDependencies(row, Ops.gather(row, j)));
        Variable kept = graph.variable("kept", Ops.zeros(FLOAT32, shape(3, 2)));
        Tensor written = kept.assign(Control.withDependencies(x, picked));
        try (Session session = open(graph)) {
            session.run(graph.initializer());
            Feeds wrong = feed(x, ROWS).and(j, new long[] {1, 3});
            for (Tensor tensor : List.of(later, muchLater, both, written)) {
                assertThatThrownBy(() -> session.run(wrong, tensor)).as(tensor.name())
                        .isInstanceOf(GraphException.class)
                        .hasMessageStartingWith("gather: at [1]: index 3 of axis 0 of size 3 lies outside");
            }
            for (GraphElement target : List.of(picked, Control.group(picked))) {
                assertThatThrownBy(() -> session.run(wrong, Fetch.nothing().targets(target)))
                        .hasMessageStartingWith("gather: at [1]: index 3");
            }
            assertThatThrownBy(() -> session.run(wrong, each))
                    .hasMessageStartingWith("gather: at [1]: index 3 of axis 0 of size 2 lies outside");
            assertThat(session.run(kept.value()).toString()).isEqualTo("[[0. 0.]\n [0. 0.]\n [0. 0.]]");
            Feeds right = feed(x, ROWS).and(j, new long[] {1, 0});
            assertThat(session.run(right, muchLater).getDouble(0)).isEqualTo(21.0);
            assertThat(session.run(right, each).getDouble(5)).isEqualTo(6.0);
        }
    }

    @Test
    void whatComesAfterADivisionFailsWithIt() {
        Tensor later = Control.withDependencies(Ops.reduceSum(x), graph.constant(6L).div(j));
        try (Session session = open(graph)) {
            assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, new long[] {1, 0}), later))
                    .isInstanceOf(GraphException.class).hasMessageStartingWith("an integer is divided by 0");
            assertThat(session.run(feed(x, ROWS).and(j, new long[] {1, 2}), later).getDouble(0)).isEqualTo(21.0);
        }
    }

    @Test
    void rowsOfTablesInParts() {
        List<Tensor> parts = List.of(graph.tensor(Ops.fill(FLOAT32, shape(3, 2), 1)),
                graph.tensor(Ops.fill(FLOAT32, shape(2, 2), 2)));
        Tensor inOrder = Nn.embeddingLookup(parts, j, Nn.Partition.DIV);
        Tensor inTurns = Nn.embeddingLookup(parts, j, Nn.Partition.MOD);
        try (Session session = open(graph)) {
            for (Tensor rows : List.of(inOrder, inTurns)) {
                assertThat(session.run(feed(j, new long[] {0, 1, 4}), rows).sizes()).containsExactly(3, 2);
                for (long id : new long[] {-1, -2, 6, 7}) {
                    assertThatThrownBy(() -> session.run(feed(j, new long[] {0, id}), rows))
                            .isInstanceOf(GraphException.class).hasMessageContaining("gather: at [1]: index ")
                            .hasMessageContaining("lies outside");
                }
            }
        }
    }

    @Test
    void imagesOfBoxes() {
        Tensor images = graph.placeholder("images", FLOAT32, shape(UNKNOWN, 2, 2, 1));
        Tensor boxes = graph.tensor(Ops.fill(FLOAT32, shape(2, 4), 0.5));
        Tensor crops = Image.cropAndResize(images, boxes, j, 1, 1, ResizeMethod.BILINEAR, 0);
        try (Session session = open(graph)) {
            assertThatThrownBy(() -> session.run(feed(images, new float[2][2][2][1]).and(j, new long[] {1, 2}), crops))
                    .isInstanceOf(GraphException.class).hasMessageStartingWith("crop_and_resize: at [1]: index 2 of"
                            + " axis 0 of size 2 lies outside; an index is 0 to 1\n  at IndexErrorsTest.java");
            assertThat(session.run(feed(images, new float[2][2][2][1]).and(j, new long[] {1, 0}), crops).sizes())
                    .containsExactly(2, 1, 1, 1);
        }
    }

    @Test
    void segmentsCountsAndParts() {
        Tensor sums = Ops.unsortedSegmentSum(x, j, Dim.of(2));
        Tensor counts = Ops.bincount(j, 3);
        Tensor part = Select.dynamicPartition(x, j, 2).get(1);
        Tensor segments = Select.segmentMax(x, j);
        Tensor stitched = Select.dynamicStitch(List.of(j), List.of(x));
        try (Session session = open(graph)) {
            assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, new long[] {0, -5, 2}), sums))
                    .hasMessageStartingWith("unsorted_segment_sum: at [2]: index 2 of axis 0 of size 2 lies outside");
            assertThat(session.run(feed(x, ROWS).and(j, new long[] {1, -5, 1}), sums).toString())
                    .isEqualTo("[[0. 0.]\n [6. 8.]]");
            assertThatThrownBy(() -> session.run(feed(j, new long[] {5, -1}), counts))
                    .hasMessageStartingWith("bincount: at [1]: index -1 of axis 0");
            assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, new long[] {0, 1, 2}), part))
                    .hasMessageStartingWith("dynamic_partition: at [2]: index 2 of axis 0 of size 2");
            for (long[] numbers : new long[][] {{0, 1, 3}, {0, 0, 900}, {0, 0, -1}}) {
                assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, numbers), stitched))
                        .isInstanceOf(GraphException.class).hasMessageStartingWith("dynamic_stitch: at [2]: index "
                                + numbers[2] + " of axis 0 of size 3 lies outside");
                assertThatThrownBy(() -> session.run(feed(x, ROWS).and(j, numbers), segments))
                        .isInstanceOf(GraphException.class).hasMessageStartingWith("segment_max, which has no more"
                                + " segments than elements, as unsortedSegment... may have: at [2]: index " + numbers[2]
                                + " of axis 0 of size 3 lies outside; an index is 0 to 2\n  at IndexErrorsTest.java");
            }
        }
    }

    @Test
    void sizesThatDoNotFit() {
        Tensor third = Ops.slice(x, dev.sinter.graph.Index.at(3));
        Tensor mirrored = Ops.pad(x, new long[][] {{0, 3}, {0, 0}}, dev.sinter.graph.PadMode.REFLECT);
        try (Session session = open(graph)) {
            assertThatThrownBy(() -> session.run(feed(x, ROWS), third)).isInstanceOf(GraphException.class)
                    .hasMessageContaining("slice: 3:4:1 does not lie in axis 0 of size 3");
            assertThatThrownBy(() -> session.run(feed(x, ROWS), mirrored)).isInstanceOf(GraphException.class);
        }
    }
}
