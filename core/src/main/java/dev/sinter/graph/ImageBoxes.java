package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ops on boxes in images; users find them in {@link Image}. A box is top, left, bottom and right, along a last axis
 * of size 4; any two opposite corners may be given where boxes are compared.
 *
 * <p>Suppression chooses the box of the greatest score, of equal ones the first, drops those that overlap it by more
 * than a limit, and goes on with the rest. The overlap of two boxes is the area that they share by that of both
 * together. A score must exceed a limit; NaN does not.
 */
abstract sealed class ImageBoxes extends ImageColours permits Image {
    /** The colours of boxes where none are given. */
    private static final float[][] COLOURS = {{1, 1, 0, 1}, {0, 0, 1, 1}, {1, 0, 0, 1}, {0, 1, 0, 1},
        {0.5f, 0, 0.5f, 1}, {0.5f, 0.5f, 0, 1}, {0.5f, 0, 0, 1}, {0, 0, 0.5f, 1}, {0, 1, 1, 1}, {1, 0, 1, 1}};

    ImageBoxes() {}

    /**
     * Chosen boxes with their scores.
     *
     * @param indices {@code int32}, as many as the run chooses
     * @param scores  with which they were chosen
     */
    public record ScoredBoxes(Tensor indices, Tensor scores) {}

    /**
     * Chosen boxes in a result of known size.
     *
     * @param indices {@code int32[..., n]}, 0 behind the last one
     * @param valid   {@code int32[...]}: how many there are
     */
    public record PaddedBoxes(Tensor indices, Tensor valid) {}

    /**
     * Chosen boxes of all classes, by falling scores, 0 behind the last one.
     *
     * @param boxes   {@code [batch, n, 4]}
     * @param scores  {@code [batch, n]}
     * @param classes {@code [batch, n]}, of the dtype of the scores
     * @param valid   {@code int32[batch]}: how many there are
     */
    public record ClassifiedBoxes(Tensor boxes, Tensor scores, Tensor classes, Tensor valid) {}

    /** Boxes and scores of one dtype and number: {@code [..., n, 4]} and {@code [..., n]}. */
    private static List<Tensor> candidates(Composer c, int batch) {
        c.label("boxes", "scores");
        Node boxes = c.in(0);
        Node scores = c.in(1);
        int rank = Composer.rank(boxes);
        boolean fits = rank == Composer.rank(scores) + 1 && (batch < 0 ? rank >= 2 : rank == batch + 2);
        if (!fits || !Composer.dtype(boxes).isFloat()) {
            throw new GraphException("float boxes [" + (batch == 0 ? "" : "..., ") + "n, 4] and scores ["
                    + (batch == 0 ? "" : "..., ") + "n] are needed: " + c.describe(boxes) + ", " + c.describe(scores));
        }
        c.sameDtype(List.of(boxes, scores));
        Tensor fitting = Composer.tensor("scores", inner -> {
            inner.label("boxes", "scores");
            Node same = inner.in(1);
            for (int axis = 0; axis < Composer.rank(same); axis++) {
                same = inner.same("boxes and scores differ in number", inner.in(0), axis, same, axis);
            }
            return same;
        }, boxes.tensor(), scores.tensor());
        return List.of(Suppression.orOne(four(boxes.tensor()), rank - 2, 0), Suppression.orNone(fitting, rank - 2));
    }

    private static Tensor four(Tensor boxes) {
        return Composer.tensor("boxes", c -> {
            c.label("boxes");
            return Framing.last(c, c.in(0), 4, "boxes [..., 4] are");
        }, boxes);
    }

    /** No more than there are boxes, where that is known. */
    private static long atMost(Tensor scores, long most) {
        Dim count = scores.dim(-1);
        return count.isConstant() ? Math.min(most, count.constant()) : most;
    }

    private static List<Tensor> chosen(Tensor boxes, Tensor scores, long most, Suppression.Limits limits) {
        if (most == 0) {
            return List.of(scores.graph().constant(new int[0]), scores.graph().tensor(Ops.zeros(scores.dtype(),
                    Shape.shape(0))));
        }
        return prefixes(Suppression.boxes(boxes, scores, atMost(scores, most), limits));
    }

    private static List<Tensor> prefixes(Suppression.Chosen chosen) {
        Tensor count = chosen.count();
        return List.of(Select.prefix(Ops.cast(chosen.indices(), DType.INT32), count),
                Select.prefix(chosen.scores(), count));
    }

    /**
     * The indices of chosen boxes, {@code int32}, by falling scores: as many as the run chooses, at most a number.
     *
     * @param boxes          floats {@code [n, 4]}
     * @param scores         {@code [n]}, of the same dtype
     * @param iouThreshold   the overlap from 0 to 1 above which the lower box is dropped
     * @param scoreThreshold what a score must exceed; negative infinity for every score
     */
    public static Tensor nonMaxSuppression(Operand boxes, Operand scores, long maxOutputSize, double iouThreshold,
            double scoreThreshold) {
        String op = "non_max_suppression";
        Suppression.Limits limits = new Suppression.Limits(iouThreshold, scoreThreshold, 0);
        limits.check(op, maxOutputSize);
        return Composite.tensor(op, c -> {
            List<Tensor> all = candidates(c, 0);
            return chosen(all.get(0), all.get(1), maxOutputSize, limits).getFirst();
        }, boxes, scores);
    }

    /**
     * {@link #nonMaxSuppression} where scores of overlapping boxes fall, by {@code exp(-overlap^2 / (2 sigma))}: Bodla,
     * Singh, Chellappa and Davis, "Soft-NMS: improving object detection with one line of code", 2017.
     *
     * @param iouThreshold the overlap from 0 to 1 above which the lower box is dropped where sigma is 0; where scores
     *                     fall, none is dropped for its overlap
     * @param sigma        from 0 on; scores do not fall where it is 0
     */
    public static ScoredBoxes nonMaxSuppressionWithScores(Operand boxes, Operand scores, long maxOutputSize,
            double iouThreshold, double scoreThreshold, double sigma) {
        String op = "non_max_suppression_with_scores";
        Suppression.Limits limits = new Suppression.Limits(iouThreshold, scoreThreshold, sigma);
        limits.check(op, maxOutputSize);
        List<Tensor> both = Composite.tensors(op, c -> {
            List<Tensor> all = candidates(c, 0);
            return chosen(all.get(0), all.get(1), maxOutputSize, limits);
        }, boxes, scores);
        return new ScoredBoxes(both.get(0), both.get(1));
    }

    /**
     * {@link #nonMaxSuppression} of a batch, or of none, with results of a known size.
     *
     * @param boxes  floats {@code [..., n, 4]}
     * @param scores {@code [..., n]}
     */
    public static PaddedBoxes nonMaxSuppressionPadded(Operand boxes, Operand scores, long maxOutputSize,
            double iouThreshold, double scoreThreshold) {
        String op = "non_max_suppression_padded";
        Suppression.Limits limits = new Suppression.Limits(iouThreshold, scoreThreshold, 0);
        limits.check(op, maxOutputSize);
        List<Tensor> both = Composite.tensors(op, c -> {
            List<Tensor> all = candidates(c, -1);
            List<Dim> batch = all.get(1).shape().dims().subList(0, all.get(1).rank() - 1);
            if (maxOutputSize == 0) {
                List<Dim> whole = new ArrayList<>(batch);
                whole.add(Dim.of(maxOutputSize));
                return List.of(c.graph().tensor(Ops.zeros(DType.INT32, new Shape(whole))),
                        c.graph().tensor(Ops.zeros(DType.INT32, new Shape(batch))));
            }
            long most = atMost(all.get(1), maxOutputSize);
            Suppression.Chosen chosen = Suppression.boxes(all.get(0), all.get(1), most, limits);
            long[][] paddings = new long[batch.size() + 1][2];
            paddings[batch.size()][1] = maxOutputSize - most;
            return List.of(Ops.pad(chosen.padded(Ops.cast(chosen.indices(), DType.INT32)), paddings), chosen.count());
        }, boxes, scores);
        return new PaddedBoxes(both.get(0), both.get(1));
    }

    /**
     * {@link #nonMaxSuppression} by overlaps that are given.
     *
     * @param overlaps floats {@code [n, n]}: a row a box that may be dropped, a column a chosen one
     * @param scores   {@code [n]}, of the same dtype
     */
    public static Tensor nonMaxSuppressionOverlaps(Operand overlaps, Operand scores, long maxOutputSize,
            double overlapThreshold, double scoreThreshold) {
        String op = "non_max_suppression_overlaps";
        return Composite.tensor(op, c -> {
            c.label("overlaps", "scores");
            if (Composer.rank(c.in(0)) != 2 || Composer.rank(c.in(1)) != 1 || !Composer.dtype(c.in(0)).isFloat()
                    || maxOutputSize < 0 || Double.isNaN(scoreThreshold) || Double.isNaN(overlapThreshold)) {
                throw new GraphException("float overlaps [n, n], scores [n] and limits that are numbers are needed: "
                        + c.describe(c.in(0)) + ", " + c.describe(c.in(1)) + ", " + maxOutputSize + ", "
                        + overlapThreshold + ", " + scoreThreshold);
            }
            c.sameDtype(c.ins());
            Tensor scored = Composer.tensor("scores", inner -> inner.same("overlaps and scores differ in number",
                    inner.in(0), 0, inner.in(1), 0), c.in(0).tensor(), c.in(1).tensor());
            Tensor square = Composer.tensor("overlaps", inner -> inner.same("overlaps are of each with each",
                    inner.in(1), 0, inner.in(0), 1), c.in(0).tensor(), scored);
            if (maxOutputSize == 0) {
                return c.graph().constant(new int[0]);
            }
            Tensor some = Suppression.orNone(scored, 0);
            return prefixes(Suppression.overlaps(Suppression.orOne(Suppression.orOne(square, 0, 0), 1, 0), some,
                    atMost(some, maxOutputSize), new Suppression.Limits(overlapThreshold, scoreThreshold, 0)))
                    .getFirst();
        }, overlaps, scores);
    }

    /**
     * {@link #nonMaxSuppression} in each class of each image, and the best of all classes together.
     *
     * @param boxes                 floats {@code [batch, n, classes, 4]}, or {@code [batch, n, 1, 4]} for all classes
     * @param scores                {@code [batch, n, classes]}, of the same dtype; the number of classes is known
     * @param maxOutputSizePerClass at least 1
     * @param maxTotalSize          at least 1
     * @param padPerClass           whether results have no more places than all classes fill
     * @param clipBoxes             whether boxes are kept from 0 to 1
     */
    public static ClassifiedBoxes combinedNonMaxSuppression(Operand boxes, Operand scores, long maxOutputSizePerClass,
            long maxTotalSize, double iouThreshold, double scoreThreshold, boolean padPerClass, boolean clipBoxes) {
        String op = "combined_non_max_suppression";
        Suppression.Limits limits = new Suppression.Limits(iouThreshold, scoreThreshold, 0);
        limits.check(op, Math.min(maxOutputSizePerClass, maxTotalSize) - 1);
        List<Tensor> all = Composite.tensors(op, c -> {
            c.label("boxes", "scores");
            Node b = c.in(0);
            Node s = c.in(1);
            c.sameDtype(c.ins());
            if (Composer.rank(b) != 4 || Composer.rank(s) != 3 || !Composer.dtype(b).isFloat()
                    || !Composer.shape(s).dim(2).isConstant() || Composer.shape(s).dim(2).isConstant(0)
                    || !Composer.shape(b).dim(2).isConstant(1)
                            && !Composer.shape(b).dim(2).equals(Composer.shape(s).dim(2))) {
                throw new GraphException("float boxes [batch, n, classes or 1, 4] and scores [batch, n, classes] with a"
                        + " known number of classes are needed: " + c.describe(b) + ", " + c.describe(s));
            }
            Tensor fitting = Composer.tensor("boxes", inner -> {
                inner.label("boxes", "scores");
                Node same = inner.same("boxes and scores differ in number", inner.in(1), 0, inner.in(0), 0);
                return inner.same("boxes and scores differ in number", inner.in(1), 1, same, 1);
            }, b.tensor(), s.tensor());
            return Suppression.combined(Suppression.orOne(four(fitting), 1, 0),
                    Suppression.orNone(s.tensor(), 1), maxOutputSizePerClass, maxTotalSize, limits, padPerClass,
                    clipBoxes);
        }, boxes, scores);
        return new ClassifiedBoxes(all.get(0), all.get(1), all.get(2), all.get(3));
    }

    /**
     * Proposed boxes.
     *
     * @param boxes  {@code [batch, n, 4]}, top, left, bottom and right in pixels; 0 behind the last one
     * @param scores {@code [batch, n]}; 0 behind the last one
     */
    public record ProposedBoxes(Tensor boxes, Tensor scores) {}

    /**
     * The boxes that a net proposes (Ren et al., "Faster R-CNN", 2015), as
     * {@code tf.image.generate_bounding_box_proposals}: the best scores of each image are taken, their boxes decoded
     * and kept inside of the image, small ones dropped, and what overlaps a better one.
     *
     * @param scores      floats {@code [batch, height, width, n]}
     * @param deltas      {@code [batch, height, width, 4 * n]}, of the same dtype: how far the centre of a box lies
     *                    down and right of its anchor's, in sizes of the anchor, and the logarithms of how many times
     *                    it is as high and wide
     * @param imageInfo   {@code [batch, 5]}: height, width, scale, and two numbers that are not used
     * @param anchors     {@code [height, width, 4 * n]}: top, left, bottom, right
     * @param nmsThreshold of overlaps, from 0 to 1
     * @param preNmsTopn  how many of the best scores are taken, at least 1
     * @param minSize     what both sides of a box have at least, times the scale of the image
     * @param postNmsTopn the number of boxes of the result, at least 1
     */
    public static ProposedBoxes generateBoundingBoxProposals(Operand scores, Operand deltas, Operand imageInfo,
            Operand anchors, double nmsThreshold, long preNmsTopn, double minSize, long postNmsTopn) {
        String op = "generate_bounding_box_proposals";
        new Suppression.Limits(nmsThreshold, 0, 0).check(op, postNmsTopn);
        List<Tensor> both = Composite.tensors(op, c -> Proposals.of(c, nmsThreshold, preNmsTopn, minSize, postNmsTopn),
                scores, deltas, imageInfo, anchors);
        return new ProposedBoxes(both.get(0), both.get(1));
    }

    /** {@link #drawBoundingBoxes(Operand, Operand, Operand)} in ten colours, one after the other. */
    public static Tensor drawBoundingBoxes(Operand images, Operand boxes) {
        String op = "draw_bounding_boxes";
        Tensor placed = Composite.placed(op, images);
        Dim channels = placed.rank() == 4 ? placed.dim(3) : Dim.ZERO;
        if (!channels.isConstant() || channels.constant() < 1 || channels.constant() > 4) {
            throw new GraphException(op + ": images of one to four channels, whose number is known, are needed, or"
                    + " colours, not " + Requirements.describe("images", placed) + "\n  at " + Place.here());
        }
        int depth = (int) channels.constant();
        NDArray colours = NDArray.zeros(placed.dtype(), COLOURS.length, depth);
        for (int i = 0; i < COLOURS.length * depth; i++) {
            colours.setDouble(i, depth == 1 ? 1 : COLOURS[i / depth][i % depth]);
        }
        return drawBoundingBoxes(placed, boxes, Ops.constant(colours));
    }

    /**
     * Images with the frames of boxes, one pixel wide, later boxes on top of earlier ones. Parts of frames that lie
     * outside of an image are not drawn.
     *
     * @param images  floats {@code [batch, height, width, channels]}
     * @param boxes   {@code [batch, n, 4]}, of the same dtype; 1 is the last row or column
     * @param colours {@code [m, channels]}, of the same dtype: box i has colour {@code i % m}
     */
    public static Tensor drawBoundingBoxes(Operand images, Operand boxes, Operand colours) {
        return Composite.tensor("draw_bounding_boxes", c -> {
            c.label("images", "boxes", "colours");
            c.sameDtype(c.ins());
            if (Composer.rank(c.in(0)) != 4 || Composer.rank(c.in(1)) != 3 || Composer.rank(c.in(2)) != 2
                    || !Composer.dtype(c.in(0)).isFloat()) {
                throw new GraphException("float images [batch, height, width, channels], boxes [batch, n, 4] and"
                        + " colours [m, channels] are needed: " + c.describe(c.in(0)) + ", " + c.describe(c.in(1))
                        + ", " + c.describe(c.in(2)));
            }
            Tensor fitting = Composer.tensor("boxes", inner -> {
                inner.label("images", "boxes");
                return inner.same("boxes and images differ in number", inner.in(0), 0, inner.in(1), 0);
            }, c.in(0).tensor(), c.in(1).tensor());
            Tensor shades = Composer.tensor("colours", inner -> {
                inner.label("images", "colours");
                return inner.same("colours and images differ in channels", inner.in(0), 3, inner.in(1), 1);
            }, c.in(0).tensor(), c.in(2).tensor());
            return Suppression.drawn(c.in(0).tensor(), four(fitting), shades);
        }, images, boxes, colours);
    }

    /**
     * A random crop of an image.
     *
     * @param begin  {@code int64[3]}: where it begins
     * @param size   {@code int64[3]}: its height and width, and -1 for all channels
     * @param bboxes {@code float32[1, 1, 4]}: the crop as a box, 1 for the size of the image
     */
    public record DistortedBox(Tensor begin, Tensor size, Tensor bboxes) {}

    private static DistortedBox distorted(String op, Operand imageSize, Operand boxes, DistortedBoxOptions options,
            Optional<Operand> seed, Optional<Long> opSeed) {
        List<Operand> operands = new ArrayList<>(List.of(imageSize, boxes));
        seed.ifPresent(operands::add);
        List<Tensor> all = Composite.tensors(op, c -> {
            c.label("image_size", "boxes", "seed");
            if (Composer.rank(c.in(0)) != 1 || !Composer.dtype(c.in(0)).isInteger() || Composer.rank(c.in(1)) < 2
                    || !Composer.dtype(c.in(1)).isFloat()) {
                throw new GraphException("the three sizes of an image, integers, and float boxes [..., 4] are needed: "
                        + c.describe(c.in(0)) + ", " + c.describe(c.in(1)));
            }
            Tensor size = Composer.tensor(op, inner -> {
                inner.label("image_size");
                Node three = Framing.last(inner, inner.in(0), 3, "the three sizes of an image are");
                return DistortedCrop.checked(inner, three);
            }, c.in(0).tensor());
            Tensor rows = Ops.reshape(Ops.cast(four(c.in(1).tensor()), DType.FLOAT64),
                    Shape.shape(Shape.UNKNOWN, 4));
            Words words = seed.isPresent() ? Words.ofSeed(c, c.in(2)) : Words.ofRun(c.graph(), opSeed);
            return DistortedCrop.of(words, Ops.cast(size, DType.FLOAT64), rows, options);
        }, operands.toArray(Operand[]::new));
        return new DistortedBox(all.get(0), all.get(1), all.get(2));
    }

    /**
     * A random crop that covers at least a share of one of some boxes, as
     * {@code tf.image.sample_distorted_bounding_box}; the whole image where no attempt succeeds, as where there is no
     * box.
     *
     * @param imageSize height, width and channels, integers {@code [3]}; one below 1 is an error of the run
     * @param boxes     floats {@code [..., 4]}, 1 for the size of the image
     */
    public static DistortedBox sampleDistortedBoundingBox(Operand imageSize, Operand boxes,
            DistortedBoxOptions options) {
        return distorted("sample_distorted_bounding_box", imageSize, boxes, options, Optional.empty(),
                Optional.empty());
    }

    /** {@link #sampleDistortedBoundingBox(Operand, Operand, DistortedBoxOptions)} under a seed of one's own. */
    public static DistortedBox sampleDistortedBoundingBox(Operand imageSize, Operand boxes,
            DistortedBoxOptions options, long opSeed) {
        return distorted("sample_distorted_bounding_box", imageSize, boxes, options, Optional.empty(),
                Optional.of(opSeed));
    }

    /** {@link #sampleDistortedBoundingBox(Operand, Operand, DistortedBoxOptions)} under a seed that is a tensor. */
    public static DistortedBox statelessSampleDistortedBoundingBox(Operand imageSize, Operand boxes, Operand seed,
            DistortedBoxOptions options) {
        return distorted("stateless_sample_distorted_bounding_box", imageSize, boxes, options, Optional.of(seed),
                Optional.empty());
    }

    private static Tensor cropped(String op, Operand x, long[] size, Optional<Operand> seed, Optional<Long> opSeed) {
        List<Operand> operands = seed.<List<Operand>>map(given -> List.of(x, given)).orElse(List.of(x));
        return Composite.tensor(op, c -> {
            c.label("x", "seed");
            Tensor whole = c.in(0).tensor();
            if (size.length != whole.rank()) {
                throw new GraphException(size.length + " sizes are given for " + c.describe(c.in(0)));
            }
            List<Dim> sizes = new ArrayList<>();
            for (int axis = 0; axis < size.length; axis++) {
                Dim own = whole.dim(axis);
                if (size[axis] < -1 || own.isConstant() && own.constant() < size[axis]) {
                    throw new GraphException(size[axis] + " elements do not lie in axis " + axis + " of "
                            + c.describe(c.in(0)));
                }
                sizes.add(size[axis] == -1 ? own : Dim.of(size[axis]));
            }
            Words words = seed.isPresent() ? Words.ofSeed(c, c.in(1)) : Words.ofRun(c.graph(), opSeed);
            return DistortedCrop.crop(words, whole, sizes);
        }, operands);
    }

    /**
     * A box of a size at a random place.
     *
     * @param size of the box along each axis; -1 for all
     */
    public static Tensor randomCrop(Operand x, long... size) {
        return cropped("random_crop", x, size, Optional.empty(), Optional.empty());
    }

    /** {@link #randomCrop(Operand, long...)} under a seed of one's own. */
    public static Tensor randomCrop(Operand x, long[] size, long opSeed) {
        return cropped("random_crop", x, size, Optional.empty(), Optional.of(opSeed));
    }

    /** {@link #randomCrop(Operand, long...)} under a seed that is a tensor. */
    public static Tensor statelessRandomCrop(Operand x, Operand seed, long... size) {
        return cropped("stateless_random_crop", x, size, Optional.of(seed), Optional.empty());
    }
}
