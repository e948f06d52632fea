package dev.sinter.graph;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.ceil;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.greaterEqual;
import static dev.sinter.graph.Ops.lessEqual;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.onesLike;
import static dev.sinter.graph.Ops.reciprocal;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.round;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * Another number of elements along one axis. Each is a weighted sum of elements from a start on, at most so many;
 * places and weights are computed in float32, or float64 for elements of it, as those of TensorFlow are.
 */
final class Resampling {
    /** Up to so many summands each is read by a gather of its own. */
    private static final long MOST_UNROLLED = 13;
    private static final double TABLE_SIZE = 1024;

    private final Tensor x;
    private final int axis;
    private final Dim from;
    private final Dim to;
    private final ResizeOptions options;
    private final DType work;

    private Resampling(Tensor x, int axis, Dim to, ResizeOptions options) {
        this.x = x;
        this.axis = axis;
        this.from = x.dim(axis);
        this.to = to;
        this.options = options;
        this.work = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    /** The dtype of a resized tensor: floats but where elements are copied. */
    static DType dtype(DType dtype, ResizeMethod method) {
        return method == ResizeMethod.NEAREST_NEIGHBOR || dtype == DType.FLOAT64 ? dtype : DType.FLOAT32;
    }

    /** A tensor with another size along an axis. */
    static Tensor along(Tensor x, int axis, Dim to, ResizeOptions options) {
        if (x.dim(axis).isConstant(0)) {
            throw new GraphException("an axis without elements cannot be resized: axis " + axis + " of " + x);
        }
        Tensor elements = cast(x, dtype(x.dtype(), options.method()));
        return new Resampling(elements, axis, to, options).resampled();
    }

    private Tensor resampled() {
        return switch (options.method()) {
            case NEAREST_NEIGHBOR -> Clamped.gather(x, cast(squeezed(nearest()), DType.INT64), axis);
            case AREA -> area();
            case BILINEAR -> options.antialias() ? spans() : linear();
            case BICUBIC -> options.antialias() ? spans() : cubic();
            case LANCZOS3, LANCZOS5, GAUSSIAN, MITCHELLCUBIC -> spans();
        };
    }

    private Tensor number(Dim size) {
        return Composer.node(x.graph(), "size", "size", c -> c.size(c.graph().sizes().canonical(size), work),
                List.of()).tensor();
    }

    /** The numbers of the results, below each other. */
    private Tensor column() {
        return Ops.expandDims(x.graph().tensor(Ops.range(work, to)), 1);
    }

    private Tensor squeezed(Tensor column) {
        return reshape(column, Shape.of(to));
    }

    private Tensor last() {
        return number(from.minus(1));
    }

    private Tensor inside(Tensor index) {
        return minimum(maximum(index, 0), last());
    }

    /** How many elements a result covers. */
    private Tensor scale() {
        return switch (options.coordinates()) {
            case HALF_PIXEL, ASYMMETRIC, PYTORCH_HALF_PIXEL -> number(from).div(number(to));
            case ALIGN_CORNERS -> where(greater(number(to), 1),
                    number(from.minus(1)).div(maximum(number(to.minus(1)), 1)), number(from).div(number(to)));
        };
    }

    /** Where results lie if the first element reaches from 0 to 1. */
    private Tensor corners() {
        return switch (options.coordinates()) {
            case HALF_PIXEL -> column().plus(0.5).times(scale());
            case ASYMMETRIC, ALIGN_CORNERS -> column().times(scale()).plus(0.5);
            case PYTORCH_HALF_PIXEL -> where(greater(number(to), 1), column().plus(0.5).times(scale()),
                    onesLike(column()).times(0.5));
        };
    }

    /** Where results lie if the centre of the first element is at 0. */
    private Tensor centres() {
        return switch (options.coordinates()) {
            case ASYMMETRIC, ALIGN_CORNERS -> column().times(scale());
            case HALF_PIXEL, PYTORCH_HALF_PIXEL -> corners().minus(0.5);
        };
    }

    private Tensor nearest() {
        ResizeOptions.Nearest choice = options.nearest().orElse(
                options.coordinates() == ResizeOptions.Coordinates.ASYMMETRIC ? ResizeOptions.Nearest.FLOOR
                        : ResizeOptions.Nearest.ROUND_PREFER_CEIL);
        return inside(switch (choice) {
            case FLOOR -> floor(centres());
            case CEIL -> ceil(centres());
            case ROUND_PREFER_FLOOR -> ceil(centres().minus(0.5));
            case ROUND_PREFER_CEIL -> floor(corners());
        });
    }

    private Tensor linear() {
        Tensor place = centres();
        Tensor below = floor(place);
        Tensor lower = read(inside(below));
        Tensor upper = read(inside(ceil(place)));
        return lower.plus(upper.minus(lower).times(alongAxis(place.minus(below))));
    }

    /** The elements at a column of places. */
    private Tensor read(Tensor column) {
        return Clamped.gather(x, cast(squeezed(column), DType.INT64), axis);
    }

    /** A column of numbers laid along the axis. */
    private Tensor alongAxis(Tensor column) {
        long[] ones = LongStream.generate(() -> 1).limit(x.rank() - axis - 1).toArray();
        List<Dim> dims = new ArrayList<>(List.of(to));
        dims.addAll(Shape.shape(ones).dims());
        return reshape(column, new Shape(dims));
    }

    private Tensor cubic() {
        boolean isKeys = options.cubicCoefficient().isEmpty()
                && options.coordinates() == ResizeOptions.Coordinates.HALF_PIXEL;
        double a = options.cubicCoefficient().orElse(isKeys ? -0.5 : -0.75);
        Tensor place = centres();
        Tensor below = floor(place);
        Tensor exact = place.minus(below);
        Tensor distance = options.cubicCoefficient().isPresent() ? exact
                : round(exact.times(TABLE_SIZE)).times(1 / TABLE_SIZE);
        return sum(below.minus(1), Dim.of(4), index -> {
            Tensor away = abs(index.minus(below).minus(distance));
            Tensor inner = away.times(a + 2).minus(a + 3).times(away).times(away).plus(1);
            Tensor outer = away.times(a).minus(5 * a).times(away).plus(8 * a).times(away).minus(4 * a);
            Tensor weight = where(lessEqual(away, onesLike(away)), inner, outer);
            return isKeys ? where(isInside(index), weight, zerosLike(weight)) : weight;
        }, isKeys);
    }

    private Tensor isInside(Tensor index) {
        return logicalAnd(greaterEqual(index, zerosLike(index)), lessEqual(index, last()));
    }

    /** As {@code tf.raw_ops.ScaleAndTranslate}. */
    private Tensor spans() {
        ResamplingKernel kernel = ResamplingKernel.of(options.method());
        double radius = kernel.twiceRadius() / 2.0;
        boolean isWide = options.antialias();
        boolean isPlain = options.coordinates() == ResizeOptions.Coordinates.HALF_PIXEL;
        // As TensorFlow rounds: a Gaussian ends with a step, and places at its edge are on one side of it.
        Tensor scale = isPlain ? reciprocal(number(to).div(number(from))) : scale();
        Tensor width = isWide ? maximum(scale, 1) : onesLike(scale);
        Tensor sample = isPlain ? column().plus(0.5).times(scale) : corners();
        Tensor reach = width.times(radius);
        Tensor start = inside(ceil(sample.minus(reach).minus(0.5)));
        Tensor end = inside(floor(sample.plus(reach).minus(0.5)));
        return sum(start, count(kernel.twiceRadius(), isWide), index -> {
            Tensor away = abs(index.plus(0.5).minus(sample));
            Tensor weight = kernel.weight().apply(isWide ? away.times(reciprocal(width)) : away);
            return where(lessEqual(index, end), weight, zerosLike(weight));
        }, true);
    }

    /** The greatest number of elements that a kernel reaches. */
    private Dim count(int twiceRadius, boolean isWide) {
        Dim divisor = to.max(Dim.ONE).times(2);
        Dim scaled = from.times(twiceRadius).plus(divisor).minus(1).floorDiv(divisor);
        Dim plain = Dim.of((twiceRadius + 1) / 2);
        return (isWide ? scaled.max(plain) : plain).times(2).plus(1).min(from).max(Dim.ONE);
    }

    /** Of coordinates that align corners, the scale is theirs too. */
    private Tensor area() {
        Tensor scale = scale();
        Tensor low = column().times(scale);
        Tensor high = column().plus(1).times(scale);
        boolean aligned = options.coordinates() == ResizeOptions.Coordinates.ALIGN_CORNERS;
        Dim most = aligned ? from.floorDiv(to.minus(1).max(Dim.ONE)) : from.floorDiv(to.max(Dim.ONE));
        return sum(floor(low), most.plus(2), index -> maximum(minimum(index.plus(1), high).minus(maximum(index, low)),
                0).div(scale), false);
    }

    /**
     * Weighted sums of elements.
     *
     * @param start    a column of numbers of elements, which are clamped when they are read
     * @param count    of elements from the start on
     * @param weight   of the elements of some numbers
     * @param relative whether sums are divided by those of their weights
     */
    private Tensor sum(Tensor start, Dim count, UnaryOperator<Tensor> weight, boolean relative) {
        if (count.isConstant() && count.constant() <= MOST_UNROLLED) {
            return unrolled(start, count.constant(), weight, relative);
        }
        Tensor index = start.plus(x.graph().tensor(Ops.range(work, count)));
        Tensor weights = weight.apply(index);
        Tensor shares = relative ? weights.div(divisor(Ops.reduce(dev.sinter.op.ReduceFn.SUM, weights, new int[] {1},
                true))) : weights;
        Tensor elements = Clamped.gather(x, cast(inside(index), DType.INT64), axis);
        List<Dim> dims = new ArrayList<>(List.of(to, count));
        x.shape().dims().subList(axis + 1, x.rank()).forEach(_ -> dims.add(Dim.ONE));
        return Ops.reduceSum(elements.times(reshape(shares, new Shape(dims))), axis + 1);
    }

    private Tensor unrolled(Tensor start, long count, UnaryOperator<Tensor> weight, boolean relative) {
        List<Tensor> indices = new ArrayList<>();
        List<Tensor> weights = new ArrayList<>();
        for (long k = 0; k < count; k++) {
            indices.add(start.plus(k));
            weights.add(weight.apply(indices.getLast()));
        }
        Tensor total = divisor(weights.stream().reduce((a, b) -> a.plus(b)).orElseThrow());
        Tensor sum = zerosLike(weights.getFirst());
        for (int k = 0; k < count; k++) {
            Tensor share = relative ? weights.get(k).div(total) : weights.get(k);
            Tensor part = read(inside(indices.get(k))).times(alongAxis(share));
            sum = k == 0 ? part : sum.plus(part);
        }
        return sum;
    }

    /** A sum of weights, or 1 where it is nearly 0. */
    private static Tensor divisor(Tensor total) {
        return where(greaterEqual(abs(total), onesLike(total).times(1000 * (double) Float.MIN_NORMAL)), total,
                onesLike(total));
    }
}
