package dev.sinter.graph;

import dev.sinter.op.Reverse;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The common ops that join and arrange elements; users find them in {@link Ops}. */
abstract sealed class ArrayOps extends IndexOps permits MathOps {
    ArrayOps() {}

    /** The operands one after the other along an axis. */
    public static Tensor concat(int axis, Operand... operands) {
        return concat(axis, List.of(operands));
    }

    /** The operands one after the other along an axis. */
    public static Tensor concat(int axis, List<? extends Operand> operands) {
        return Composer.tensor("concat", c -> Shaping.concat(c, c.ins(), axis), operands);
    }

    /** The operands, all of one shape, one after the other along a new axis. */
    public static Tensor stack(int axis, Operand... operands) {
        return Composer.tensor("stack", c -> Shaping.stack(c, c.ins(), axis), operands);
    }

    /** The elements at each index of an axis, without the axis; its size must be known, and at most 65,536. */
    public static List<Tensor> unstack(Operand x, int axis) {
        return Shaping.unstack(x, axis);
    }

    /** From 1 to 65,536 parts of equal size along an axis. */
    public static List<Tensor> split(Operand x, int parts, int axis) {
        return Shaping.split(x, parts, axis);
    }

    /**
     * Parts of some sizes along an axis.
     *
     * @param sizes of the parts; one may be -1, which is what the others leave
     */
    public static List<Tensor> split(Operand x, long[] sizes, int axis) {
        Slicing.Parts parts = new Slicing.Parts(sizes, axis);
        Tensor whole = Composite.placed("split", x);
        return IntStream.range(0, sizes.length).mapToObj(part -> Composer.tensor("split",
                c -> parts.cut(c, c.in(0), part), whole)).toList();
    }

    /** The axes in another order: axis {@code i} of the result is axis {@code permutation[i]}. */
    public static Tensor transpose(Operand x, int... permutation) {
        return Composer.tensor("transpose", c -> Shaping.transpose(c, c.in(0), permutation), x);
    }

    /** The same elements in row-major order under another shape; one size may be unknown. */
    public static Tensor reshape(Operand x, Shape shape) {
        return Composer.tensor("reshape", c -> Shaping.reshape(c, c.in(0), shape), x);
    }

    /** A new axis of size 1 before an axis. */
    public static Tensor expandDims(Operand x, int axis) {
        return Composer.tensor("expand_dims", c -> Shaping.expand(c, c.in(0), axis), x);
    }

    /** Without the given axes of size 1, or without all of them where none is given. */
    public static Tensor squeeze(Operand x, int... axes) {
        return Composer.tensor("squeeze", c -> Shaping.squeeze(c, c.in(0), axes), x);
    }

    /** The operand stretched to a shape that it broadcasts to. */
    public static Tensor broadcastTo(Operand x, Shape shape) {
        return Composer.tensor("broadcast_to", c -> Shaping.broadcastTo(c, c.in(0), shape), x);
    }

    /** The operand repeated along each axis. */
    public static Tensor tile(Operand x, long... repeats) {
        return Composer.tensor("tile", c -> Shaping.tile(c, c.in(0), repeats), x);
    }

    /** The operand with zeros before and after it along each axis: {@code {{1, 1}, {2, 2}}}. */
    public static Tensor pad(Operand x, long[][] paddings) {
        return pad(x, paddings, 0);
    }

    /** The operand with a value before and after it along each axis. */
    public static Tensor pad(Operand x, long[][] paddings, double value) {
        return Composer.tensor("pad", c -> Shaping.pad(c, c.in(0), paddings, value), x);
    }

    /**
     * The operand with elements before and after it along each axis.
     *
     * @throws GraphException where there are fewer elements to mirror than are wanted; at a run where sizes are unknown
     */
    public static Tensor pad(Operand x, long[][] paddings, PadMode mode) {
        return Composer.tensor("pad", c -> Rearranging.pad(c, c.in(0), paddings, mode), x);
    }

    /** The elements moved by a number of places along an axis; those that leave it at one end enter at the other. */
    public static Tensor roll(Operand x, long shift, int axis) {
        return roll(x, new long[] {shift}, new int[] {axis});
    }

    /** {@link #roll(Operand, long, int)} along several axes, one after the other. */
    public static Tensor roll(Operand x, long[] shifts, int[] axes) {
        return Composer.tensor("roll", c -> Rearranging.roll(c, c.in(0), shifts, axes), x);
    }

    /** Each element of an axis so many times, one after the other: {@code [1,2]} gives {@code [1,1,2,2]}. */
    public static Tensor repeat(Operand x, long count, int axis) {
        return Composer.tensor("repeat", c -> Rearranging.repeat(c, c.in(0), count, axis), x);
    }

    /**
     * Each element of an axis as often as a number says, one after the other; the size of the axis is known. The sum of
     * the numbers is at most 2^24.
     */
    public static Tensor repeat(Operand x, long[] counts, int axis) {
        return Composer.tensor("repeat", c -> Rearranging.repeat(c, c.in(0), counts, axis), x);
    }

    /**
     * Each element of an axis as often as a tensor says, one after the other; the size of the result's axis is the
     * sum, which the run finds.
     *
     * @param counts integers from 0 on, one for each element of the axis or one for all
     * @param atMost what their sum does not exceed, for which memory is planned; a run in which it does fails. A number
     *               is at most 2^40
     */
    public static Tensor repeat(Operand x, Operand counts, int axis, Dim atMost) {
        return Composite.tensor("repeat", c -> {
            c.label("x", "counts");
            return Repetition.of(c, axis, atMost);
        }, x, counts);
    }

    /**
     * The shape that tensors of two shapes broadcast to, as {@code tf.broadcast_dynamic_shape}: vectors of sizes, whose
     * numbers of elements are known, give one. A run in which two sizes differ and neither is 1 fails.
     */
    public static Tensor broadcastDynamicShape(Operand x, Operand y) {
        return Composer.tensor("broadcast_dynamic_shape", Repetition::broadcast, x, y);
    }

    /**
     * Paddings for blocks.
     *
     * @param sizes the sizes of the axes that are cut
     * @param block the size of a block along each
     * @param base  zeros that are wanted anyway, a pair an axis
     */
    public static BlockPaddings requiredSpaceToBatchPaddings(long[] sizes, long[] block, long[][] base) {
        return Rearranging.paddings(sizes, block, base);
    }

    /**
     * Vectors as the coordinates of a grid: one tensor each, of as many axes as there are vectors. The first vector
     * varies along axis 1 and the second along axis 0, as {@code indexing="xy"}.
     */
    public static List<Tensor> meshgrid(Operand... vectors) {
        return meshgrid(false, vectors);
    }

    /** {@link #meshgrid(Operand...)} whose vector of number i varies along axis i, as {@code indexing="ij"}. */
    public static List<Tensor> meshgridOfMatrix(Operand... vectors) {
        return meshgrid(true, vectors);
    }

    private static List<Tensor> meshgrid(boolean matrixIndexing, Operand... vectors) {
        return IntStream.range(0, vectors.length).mapToObj(number -> Composer.tensor("meshgrid",
                c -> Rearranging.meshed(c, c.ins(), number, matrixIndexing), vectors)).toList();
    }

    /**
     * Blocks of the axes behind the first moved into the batch, as {@code tf.space_to_batch_nd}:
     * {@code [n, s1, ..., sm, rest...]} gives {@code [n*b1*...*bm, s1/b1, ..., sm/bm, rest...]}.
     *
     * @param block    the size of a block along each of these axes
     * @param paddings zeros before and after each of them, so that blocks fit
     */
    public static Tensor spaceToBatchNd(Operand x, long[] block, long[][] paddings) {
        return Composer.tensor("space_to_batch_nd", c -> Rearranging.spaceToBatch(c, c.in(0), block, paddings), x);
    }

    /** The opposite of {@link #spaceToBatchNd}; some elements at the ends of each axis are cropped. */
    public static Tensor batchToSpaceNd(Operand x, long[] block, long[][] crops) {
        return Composer.tensor("batch_to_space_nd", c -> Rearranging.batchToSpace(c, c.in(0), block, crops), x);
    }

    /** Blocks of rows and columns moved into the channels: {@code [n, h, w, c]} to {@code [n, h/b, w/b, c*b*b]}. */
    public static Tensor spaceToDepth(Operand x, long block) {
        return Composer.tensor("space_to_depth", c -> Rearranging.spaceToDepth(c, c.in(0), block), x);
    }

    /** The opposite of {@link #spaceToDepth}: {@code [n, h, w, c*b*b]} to {@code [n, h*b, w*b, c]}. */
    public static Tensor depthToSpace(Operand x, long block) {
        return Composer.tensor("depth_to_space", c -> Rearranging.depthToSpace(c, c.in(0), block), x);
    }

    /**
     * The first {@code lengths[i]} elements of sequence i in the opposite order, the others where they are.
     *
     * @param lengths      an integer for each element of the batch, at most the length of the sequence
     * @param sequenceAxis the axis along which a sequence lies
     * @param batchAxis    the axis along which sequences lie beside each other
     */
    public static Tensor reverseSequence(Operand x, Operand lengths, int sequenceAxis, int batchAxis) {
        return Composer.tensor("reverse_sequence", c -> Rearranging.reverseSequence(c, c.in(0), c.in(1), sequenceAxis,
                batchAxis), x, lengths);
    }

    /** {@code count} numbers at even distances, from {@code start} to exactly {@code stop}, along a new axis 0. */
    public static Tensor linspace(Operand start, Operand stop, long count) {
        return Composer.tensor("linspace", c -> Rearranging.linspace(c, c.in(0), c.in(1), count, 0), start, stop);
    }

    /** {@code count} numbers at even distances, from {@code start} to exactly {@code stop}. */
    public static Initializer linspace(DType dtype, double start, double stop, long count) {
        Requirements.requireCount("linspace", count);
        return new Initializer("linspace", dtype, Shape.shape(count), c -> Rearranging.linspace(c,
                c.scalar(dtype, start), c.scalar(dtype, stop), count, 0));
    }

    /** The numbers {@code start}, {@code start + delta}, ... before {@code limit}. */
    public static Initializer range(DType dtype, double start, double limit, double delta) {
        long count = Rearranging.count(start, limit, delta, dtype);
        return new Initializer("range", dtype, Shape.shape(count),
                c -> Rearranging.range(c, dtype, count, start, delta));
    }

    /**
     * Points that fill the unit cube evenly, as {@code tf.math.sobol_sample} (Joe and Kuo, "Constructing Sobol
     * sequences with better two-dimensional projections", 2008).
     *
     * @param dtype      a float dtype
     * @param dimensions of the cube, 1 to 21201
     * @param count      how many points; fewer than 2^31 with those that are skipped
     * @param skip       how many points of the sequence, whose first one is the middle of the cube, come before
     * @return {@code [count, dimensions]}
     */
    public static Initializer sobolSample(DType dtype, int dimensions, Dim count, long skip) {
        return new Initializer("sobol_sample", dtype, Shape.of(count, Dim.of(dimensions)),
                c -> Sobol.points(c, dtype, dimensions, count, skip));
    }

    /** {@link #sobolSample(DType, int, Dim, long)} of a known number of points. */
    public static Initializer sobolSample(DType dtype, int dimensions, long count, long skip) {
        return sobolSample(dtype, dimensions, Dim.of(count), skip);
    }

    /**
     * The bits of numbers as numbers of another dtype, the lowest bits first, as {@code tf.bitcast}: of a shorter dtype
     * those of each element along a new last axis, of a longer one those of all elements along the last axis as one. No
     * gradient flows.
     *
     * @throws GraphException where a dtype is bool, or the last axis has another number of elements than one of the
     *                        result takes
     */
    public static Tensor bitcast(Operand x, DType dtype) {
        return Composer.tensor("bitcast", c -> BitPatterns.bitcast(c, c.in(0), dtype), x);
    }

    /**
     * Each number as the nearest one that a dtype has, as {@code tf.saturate_cast}. Among floats what is infinite
     * becomes the greatest number that both dtypes have; a float becomes an integer by truncation, NaN becomes 0. The
     * gradient of what lies outside is 0.
     */
    public static Tensor saturateCast(Operand x, DType dtype) {
        return Composer.tensor("saturate_cast", c -> BitPatterns.saturated(c, c.in(0), dtype), x);
    }

    /** The shape that tensors of two shapes broadcast to, of known sizes. */
    public static Shape broadcastStaticShape(Shape x, Shape y) {
        return Rearranging.broadcast(x, y);
    }

    /** The elements in the opposite order along axes. */
    public static Tensor reverse(Operand x, int... axes) {
        return Composer.tensor("reverse", c -> c.add(new Reverse(c.axes(c.in(0), axes)), c.in(0)), x);
    }

    /** The sizes as int64. */
    public static Tensor shapeOf(Operand x) {
        return Composer.tensor("shape", c -> Shaping.sizes(c, c.in(0)), x);
    }

    /** The number of elements as int64. */
    public static Tensor size(Operand x) {
        return Composer.tensor("size", c -> c.size(Composer.shape(c.in(0)).elementCount(), DType.INT64), x);
    }

    /**
     * The value of a tensor that depends on constants alone, or on sizes that are known: it is the same in every run
     * that feeds nothing on the way. Nothing is given for what depends on placeholders, with a default or without,
     * variables, random numbers, host calls or the parameters of a body, nor where a run would fail.
     *
     * <p>What takes long is left to a run: nothing is given either where an op on the way computes, or sums, more than
     * 2^20 elements, or all together more than 2^24; nor once all such questions about a graph computed more than 2^26.
     *
     * @param x a tensor, or an initializer
     * @return a copy of the value
     */
    public static Optional<NDArray> staticValue(Operand x) {
        return StaticValues.value(x);
    }

    /**
     * The elements of a vector of integers as sizes, a scalar as one size, where each is a number or follows from
     * sizes: of placeholders of unknown sizes, or such as the run finds. With {@code x} of shape {@code [n, 3]},
     * {@code concat(0, gather(shapeOf(x), 0), -1)} is {@code [n, -1]}; a negative number stands for itself. Sizes
     * that the graph knows to be equal are.
     *
     * <p>It follows sizes through ops that move elements, sums, products, quotients, remainders, rounding, extrema,
     * comparisons whose outcome is the same for all sizes, and selections by them, in tensors of at most 1,024
     * elements of {@code int32}, {@code int64}, bool, {@code float32} and {@code float64}. Sizes are never negative.
     * They, and what is computed of them, are taken to fit into the dtype and to be exact in a float, as whole
     * numbers are up to 2^24. What depends on constants alone is computed as by {@link #staticValue}.
     *
     * @param x a scalar or vector of integers
     * @return nothing where any element is not known
     * @throws GraphException where {@code x} is of another dtype or rank
     */
    public static Optional<Shape> staticShape(Operand x) {
        return StaticValues.shape(x);
    }
}
