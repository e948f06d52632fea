package dev.sinter.error;

import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.DistortedBoxOptions;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Image;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.ResizeMethod;
import dev.sinter.graph.ResizeOptions;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.OnEachBackend;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes of images, boxes and classes that a run finds to be wrong, or zero: the same on each back end. */
public class ImageSizesTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN));
    private final Tensor boxes = graph.placeholder("boxes", FLOAT32, shape(UNKNOWN, UNKNOWN));
    private final Tensor scores = graph.placeholder("scores", FLOAT32, shape(UNKNOWN));
    private final Tensor seed = graph.placeholder("seed", INT64, shape(UNKNOWN));
    private final Tensor size = graph.placeholder("size", INT32, shape(UNKNOWN));
    private final NDArray image = NDArray.zeros(FLOAT32, 1, 4, 5, 3);
    private final NDArray pair = NDArray.from(new long[] {1, 2});

    private void fails(Tensor fetch, Feeds feeds, String message) {
        try (Session session = open(graph)) {
            assertThatThrownBy(() -> session.run(feeds, fetch)).isInstanceOf(GraphException.class)
                    .hasMessageContaining(message).hasMessageContaining("at ImageSizesTest.java:");
        }
    }

    @Test
    void emptyImagesAreNotResized() {
        for (ResizeMethod method : ResizeMethod.values()) {
            List<ResizeOptions> all = new ArrayList<>(List.of(ResizeOptions.of(method)));
            all.add(ResizeOptions.of(method).withAntialias());
            for (ResizeOptions options : all) {
                Tensor y = Image.resizeAxis(x, 1, Dim.of(3), options);
                fails(y, feed(x, NDArray.zeros(FLOAT32, 1, 0, 4, 3)), "there is no index along axis 1 of size 0");
            }
        }
    }

    @Test
    void partsLieInside() {
        fails(Image.cropToBoundingBox(x, 1, 1, 4, 3), feed(x, image), "slice: 1:5:1 does not lie in axis 1 of size 4");
        fails(Image.padToBoundingBox(x, 1, 1, 4, 9), feed(x, image), "pad: negative padding along axis 1: -1");
        fails(Image.statelessRandomCrop(x, seed, 1, 5, 2, 1), feed(x, image).and(seed, pair),
                "a box of size 5 is larger than axis 1 of size 4");
        fails(Image.sobelEdges(x), feed(x, NDArray.zeros(FLOAT32, 1, 1, 3, 1)), "does not lie in axis 1 of size 1");
        fails(Image.totalVariation(x), feed(x, NDArray.zeros(FLOAT32, 1, 0, 3, 1)), "does not lie in axis 1 of size 0");
    }

    @Test
    void lastAxesHaveTheirSize() {
        NDArray wide = NDArray.zeros(FLOAT32, 3, 5);
        String message = "sizes that must be equal differ: axis 1 of float32[3,5] is 5, not ";
        fails(Image.rgbToHsv(boxes), feed(boxes, wide), message + "3");
        fails(Image.grayscaleToRgb(boxes), feed(boxes, wide), message + "1");
        fails(Image.nonMaxSuppression(boxes, scores, 2, .5, 0), feed(boxes, wide).and(scores, new float[3]),
                message + "4");
        fails(Image.statelessSampleDistortedBoundingBox(size, boxes, seed, DistortedBoxOptions.DEFAULT).size(),
                feed(boxes, wide).and(size, new int[] {9, 9, 3}).and(seed, pair), message + "4");
        fails(Image.statelessRandomBrightness(x, 1, seed), feed(x, image).and(seed, new long[3]),
                "sizes that must be equal differ: axis 0 of int64[3] is 3, not 2");
    }

    @Test
    void sizesOfAnImageArePositive() {
        Tensor begin = Image.statelessSampleDistortedBoundingBox(size, boxes, seed, DistortedBoxOptions.DEFAULT)
                .begin();
        fails(begin, feed(boxes, NDArray.zeros(FLOAT32, 1, 4)).and(size, new int[] {9, -4, 3}).and(seed, pair),
                "stateless_sample_distorted_bounding_box: image_size > 0 does not hold for 1 of 3 elements; the first"
                        + " is at [1]: image_size is -4");
    }

    @Test
    void nothingIsChosenFromNothing() {
        Tensor chosen = Image.nonMaxSuppression(boxes, scores, 2, .5, 0);
        Image.PaddedBoxes padded = Image.nonMaxSuppressionPadded(boxes, scores, 2, .5, 0);
        Tensor overlaps = graph.placeholder("overlaps", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor byOverlap = Image.nonMaxSuppressionOverlaps(overlaps, scores, 2, .5, 0);
        Tensor each = graph.placeholder("each", FLOAT32, shape(UNKNOWN, UNKNOWN, 1, 4));
        Tensor all = graph.placeholder("all", FLOAT32, shape(UNKNOWN, UNKNOWN, 2));
        Tensor ofClasses = Image.combinedNonMaxSuppression(each, all, 2, 3, .5, 0, false, false).scores();
        Tensor known = Image.combinedNonMaxSuppression(graph.tensor(Ops.zeros(FLOAT32, shape(1, 0, 1, 4))),
                graph.tensor(Ops.zeros(FLOAT32, shape(1, 0, 3))), 2, 3, .5, 0, false, false).valid();
        NDArray none = NDArray.zeros(FLOAT32, 0);
        try (Session session = open(graph)) {
            Feeds empty = feed(boxes, NDArray.zeros(FLOAT32, 0, 4)).and(scores, none);
            assertThat(session.run(empty, chosen).sizes()).containsExactly(0);
            assertThat(session.run(empty, padded.indices()).toString()).isEqualTo("[0 0]");
            assertThat(session.run(empty, padded.valid()).toString()).isEqualTo("0");
            assertThat(session.run(feed(overlaps, NDArray.zeros(FLOAT32, 0, 0)).and(scores, none), byOverlap).sizes())
                    .containsExactly(0);
            assertThat(session.run(feed(each, NDArray.zeros(FLOAT32, 1, 0, 1, 4))
                    .and(all, NDArray.zeros(FLOAT32, 1, 0, 2)), ofClasses).toString()).isEqualTo("[[0. 0. 0.]]");
            assertThat(session.run(known).toString()).isEqualTo("[0]");
        }
    }

    @Test
    void nothingIsTheGreatestOfNothing() {
        String message = "slice: 0:1:1 does not lie in axis 0 of size 0";
        NDArray empty = NDArray.zeros(FLOAT32, 2, 0);
        fails(Random.statelessCategorical(boxes, 3, seed), feed(boxes, empty).and(seed, pair), message);
        fails(Ops.argMax(boxes, 1), feed(boxes, empty), message);
        fails(Ops.argMin(boxes, 1), feed(boxes, empty), message);
        assertThatThrownBy(() -> Ops.argMax(graph.tensor(Ops.zeros(FLOAT32, shape(2, 0))), -1)).hasMessageStartingWith(
                "argmax: there is no element along axis 1 of");
        Tensor shuffled = Random.statelessShuffle(boxes, seed);
        try (Session session = open(graph)) {
            assertThat(session.run(feed(boxes, NDArray.zeros(FLOAT32, 0, 3)).and(seed, pair), shuffled).sizes())
                    .containsExactly(0, 3);
        }
    }
}
