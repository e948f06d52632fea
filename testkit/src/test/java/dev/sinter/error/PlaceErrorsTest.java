package dev.sinter.error;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Image;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bits, counts, places and windows that do not fit are refused, by the graph where it knows, else by each run. */
final class PlaceErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));
    private final Tensor counts = graph.placeholder("counts", INT32, shape(UNKNOWN));

    private static void fails(String message, ThrowingCallable code) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).hasMessageContaining(message);
    }

    @Test
    void theGraphSaysWhatDoesNotFit() {
        Tensor three = graph.placeholder("three", INT32, shape(2, 3));
        fails("bitcast: the last axis of x int32[2,3] must have 2 elements, which are one float64",
                () -> Ops.bitcast(three, DType.FLOAT64));
        fails("bitcast: a bool has no bits; cast(...) it: x int32[2,3] as bool",
                () -> Ops.bitcast(three, DType.BOOL));
        fails("sobol_sample: 1 to 21201 dimensions", () -> graph.tensor(Ops.sobolSample(FLOAT32, 21_202, 5, 0)));
        fails("sobol_sample: 1 to 21201 dimensions, fewer than 2^31 points",
                () -> graph.tensor(Ops.sobolSample(FLOAT32, 2, 5, 1L << 31)));
        fails("random_index_shuffle: integer indices, and seeds of two or three integers along the last axis, are"
                + " needed: index int32[2,3], seed float32[?]", () -> Random.indexShuffle(three, x, three));
        fails("the cipher has an even number of rounds from 4 on, not 5",
                () -> Random.indexShuffle(counts, graph.constant(new int[2]), counts, 5));
        fails("sequence_mask: lengths are integers", () -> Ops.sequenceMaskOfLongest(x, Dim.of(3)));
        fails("repeat: a vector of integers, or one, and a bound of their sum are needed:",
                () -> Ops.repeat(x, x, 0, Dim.of(9)));
        fails("broadcast_dynamic_shape: vectors of integers, of known numbers of sizes, are needed",
                () -> Ops.broadcastDynamicShape(counts, counts));
        fails("extract_volume_patches: a batch of volumes [batch, depth, height, width, channels] is needed",
                () -> Image.extractVolumePatches(x, List.of(2L), WindowOptions.SAME));
        fails("generate_bounding_box_proposals: float scores [batch, height, width, n]",
                () -> Image.generateBoundingBoxProposals(x, x, x, x, 0.7, 10, 1, 10));
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void runsSayWhatDoesNotFit(Backend backend) {
        Tensor repeated = Ops.repeat(x, counts, 0, Dim.of(4));
        Tensor mask = Ops.sequenceMaskOfLongest(counts, Dim.of(3));
        Tensor place = Random.indexShuffle(counts, graph.constant(new int[] {1, 2}), graph.constant(5));
        Tensor pair = graph.placeholder("pair", INT32, shape(2));
        Tensor sizes = Ops.broadcastDynamicShape(pair, graph.constant(new int[] {3, 1}));
        Tensor image = graph.placeholder("image", FLOAT32, shape(1, UNKNOWN, 1));
        Tensor wide = Nn.conv1dTranspose(image, graph.constant(new float[2][1][1]),
                WindowOptions.VALID.withPadding(2));
        NDArray two = NDArray.of(new float[] {5, 6});
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            assertThat(session.run(feed(x, two).and(counts, NDArray.of(new int[] {3, 1})), fetch(repeated))
                    .get(repeated)).hasToString("[5. 5. 5. 6.]");
            fails("assert_non_negative: x >= 0 does not hold for 1 of 2 elements; the first is at [1]: x is -1",
                    () -> session.run(feed(x, two).and(counts, NDArray.of(new int[] {3, -1})), fetch(repeated)));
            fails("that the run finds",
                    () -> session.run(feed(x, two).and(counts, NDArray.of(new int[] {3, 2})), fetch(repeated)));
            fails("that the run finds",
                    () -> session.run(feed(counts, NDArray.of(new int[] {4})), fetch(mask)));
            fails("random_index_shuffle: index 6 of number 1 lies outside of 0 to 5",
                    () -> session.run(feed(counts, NDArray.of(new int[] {0, 6})), fetch(place)));
            fails("that sizes are equal or one of them is 1 does not hold for 1 of 2 elements; the first is at [0]:"
                    + " x is 2, y is 3", () -> session.run(feed(pair, NDArray.of(new int[] {2, 7})), fetch(sizes)));
            fails("conv1d_transpose: that the padding leaves elements along spatial axis 0 does not hold: their number"
                    + " is 0",
                    () -> session.run(feed(image, NDArray.zeros(FLOAT32, 1, 3, 1)), fetch(wide)));
            assertThat(session.run(feed(image, NDArray.zeros(FLOAT32, 1, 4, 1)), fetch(wide)).get(wide).shape())
                    .isEqualTo(shape(1, 1, 1));
            assertThat(session.run(feed(image, NDArray.zeros(FLOAT32, 1, 0, 1)), fetch(wide)).get(wide).shape())
                    .isEqualTo(shape(1, 0, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void nothingIsSortedBeforeValues(Backend backend) {
        Tensor sorted = graph.placeholder("sorted", FLOAT32, Shape.shape(UNKNOWN));
        Tensor places = Ops.searchSorted(sorted, x, true);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            NDArray two = NDArray.of(new float[] {5, 6});
            assertThat(session.run(feed(x, two).and(sorted, NDArray.zeros(FLOAT32, 0)), fetch(places)).get(places))
                    .hasToString("[0 0]");
            assertThat(session.run(feed(x, two).and(sorted, NDArray.of(new float[] {5})), fetch(places)).get(places))
                    .hasToString("[1 1]");
        }
    }
}
