package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a tensor is resized along an axis: each element of the result is the sum of some of the input's with weights.
 *
 * @param excludes      whether elements beyond the ends, which are else those at the ends, count nothing
 * @param extrapolation what an element outside the input is where a region is cut out
 */
record ResizeAxis(Call call, Way way, Coordinates coordinates, boolean excludes, double extrapolation) {
    /** The most elements that an axis of a result has. */
    private static final long MOST = 1 << 24;

    /** How an element between others follows from them. */
    sealed interface Way permits Nearest, Linear, Cubic {}

    /** As the nearest one. */
    record Nearest(Rounding rounding) implements Way {}

    /** As the two beside it. */
    record Linear(boolean antialias) implements Way {}

    /** As the four around it, with Keys' kernel of a coefficient. */
    record Cubic(boolean antialias, double a) implements Way {}

    /** Which element is the nearest one. */
    enum Rounding {
        ROUND_PREFER_FLOOR, ROUND_PREFER_CEIL, FLOOR, CEIL;

        static Rounding of(Call call, String name) {
            return named(call, "nearest_mode", name, values());
        }

        private long round(double position) {
            return (long) switch (this) {
                case ROUND_PREFER_FLOOR -> Math.ceil(position - 0.5);
                case ROUND_PREFER_CEIL -> Math.floor(position + 0.5);
                case FLOOR -> Math.floor(position);
                case CEIL -> Math.ceil(position);
            };
        }
    }

    /** Where in the input an element of the result lies. */
    enum Coordinates {
        HALF_PIXEL, HALF_PIXEL_SYMMETRIC, PYTORCH_HALF_PIXEL, ALIGN_CORNERS, ASYMMETRIC, TF_HALF_PIXEL_FOR_NN,
        TF_CROP_AND_RESIZE;

        static Coordinates of(Call call, String name) {
            return named(call, "coordinate_transformation_mode", name, values());
        }
    }

    private static <T extends Enum<T>> T named(Call call, String attribute, String name, T[] all) {
        List<String> names = Arrays.stream(all).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
        int position = names.indexOf(name);
        if (position < 0) {
            throw call.wrong(attribute + " must be one of " + String.join(", ", names)
                    + ", not '" + name + "'");
        }
        return all[position];
    }

    boolean isNearest() {
        return way instanceof Nearest;
    }

    /**
     * A tensor resized along an axis.
     *
     * @param size  of the result, where it does not follow from the factor
     * @param begin where the region begins, as a fraction of the axis
     * @param end   where it ends
     */
    Tensor resized(Tensor x, int axis, double scale, Optional<Dim> size, double begin, double end) {
        Dim from = x.dim(axis);
        boolean isWhole = begin == 0 && end == 1;
        if (scale == 1 && isWhole && size.map(from::equals).orElse(true)) {
            return x;
        }
        if (isRepeat(scale) && size.map(to -> to.equals(from.times((long) scale))).orElse(true)) {
            return Ops.repeat(x, (long) scale, axis);
        }
        if (!from.isConstant()) {
            throw call.unsupported("axis " + axis + " of " + x.shape() + " must have a known size to be resized by "
                    + scale + " with these attributes; nearest with a whole factor does without");
        }
        // The product is that of float32, as the factor is.
        long length = size.map(Dim::constant).orElseGet(() -> (long) Math.floor((float) scale * from.constant()));
        if (length < 0 || length > MOST) {
            throw call.wrong("axis " + axis + " of " + x.shape() + " cannot be resized to " + length);
        }
        double[] positions = positions(from.constant(), length, scale, begin, end);
        Tensor inner = way instanceof Nearest(Rounding rounding) ? nearest(x, axis, positions, rounding)
                : weighted(x, axis, positions, scale);
        return coordinates == Coordinates.TF_CROP_AND_RESIZE ? extrapolated(inner, axis, positions, from.constant())
                : inner;
    }

    /** Whether each element is repeated as often as the factor says, whatever the size. */
    private boolean isRepeat(double scale) {
        return scale == Math.rint(scale) && scale <= MOST && way instanceof Nearest(Rounding rounding)
                && switch (coordinates) {
                    case ASYMMETRIC -> rounding == Rounding.FLOOR;
                    case HALF_PIXEL, HALF_PIXEL_SYMMETRIC ->
                            rounding == Rounding.ROUND_PREFER_FLOOR || rounding == Rounding.ROUND_PREFER_CEIL;
                    case TF_HALF_PIXEL_FOR_NN -> rounding == Rounding.FLOOR;
                    case PYTORCH_HALF_PIXEL, ALIGN_CORNERS, TF_CROP_AND_RESIZE -> false;
                };
    }

    private double[] positions(long from, long to, double scale, double begin, double end) {
        double width = scale * from;
        double[] positions = new double[(int) to];
        for (int i = 0; i < to; i++) {
            double middle = (i + 0.5) / scale - 0.5;
            positions[i] = switch (coordinates) {
                case HALF_PIXEL -> middle;
                case HALF_PIXEL_SYMMETRIC -> from / 2.0 * (1 - to / width) + middle;
                case PYTORCH_HALF_PIXEL -> to == 1 ? 0 : middle;
                case ALIGN_CORNERS -> width == 1 ? 0 : i * (from - 1) / (width - 1);
                case ASYMMETRIC -> i / scale;
                case TF_HALF_PIXEL_FOR_NN -> (i + 0.5) / scale;
                case TF_CROP_AND_RESIZE -> begin * (from - 1) + (width == 1 ? (end - begin) * (from - 1) / 2
                        : i * (end - begin) * (from - 1) / (width - 1));
            };
        }
        return positions;
    }

    private Tensor nearest(Tensor x, int axis, double[] positions, Rounding rounding) {
        long last = x.dim(axis).constant() - 1;
        long[] indices = Arrays.stream(positions).mapToLong(position -> Math.clamp(rounding.round(position), 0, last))
                .toArray();
        return Ops.gather(x, call.graph().constant(NDArray.of(indices)), axis);
    }

    private Tensor weighted(Tensor x, int axis, double[] positions, double scale) {
        int size = (int) x.dim(axis).constant();
        double shrink = isAntialias() ? Math.min(scale, 1) : 1;
        double reach = (way instanceof Cubic ? 2 : 1) / shrink;
        if (reach * positions.length > MOST) {
            throw call.wrong("axis " + axis + " of " + x.shape() + " cannot be resized by " + scale);
        }
        int first = (int) Math.floor(-reach) + 1;
        int taps = 2 - 2 * first;
        double[] weights = new double[positions.length * taps];
        long[] indices = new long[positions.length * taps];
        for (int i = 0; i < positions.length; i++) {
            // A position on an element counts as the end of the stretch before it.
            long before = (long) Math.ceil(positions[i]) - 1;
            double sum = 0;
            boolean isNormal = excludes || isAntialias();
            for (int tap = 0; tap < taps; tap++) {
                long index = before + first + tap;
                double weight = kernel((index - positions[i]) * shrink);
                if (excludes && (index < 0 || index >= size)) {
                    weight = 0;
                }
                weights[i * taps + tap] = weight;
                indices[i * taps + tap] = Math.clamp(index, 0, size - 1L);
                sum += weight;
            }
            for (int tap = 0; tap < taps && isNormal && sum != 0; tap++) {
                weights[i * taps + tap] /= sum;
            }
        }
        Tensor found = Ops.gather(x, ResizeOperators.constant(call, indices, positions.length, taps), axis);
        long[] line = new long[x.rank() + 1];
        Arrays.fill(line, 1);
        line[axis] = positions.length;
        line[axis + 1] = taps;
        NDArray factors = NDArray.of(weights, line).cast(x.dtype());
        return Ops.reduceSum(found.times(call.graph().constant(factors)), axis + 1);
    }

    private boolean isAntialias() {
        return switch (way) {
            case Nearest _ -> false;
            case Linear linear -> linear.antialias();
            case Cubic cubic -> cubic.antialias();
        };
    }

    private double kernel(double distance) {
        double x = Math.abs(distance);
        return switch (way) {
            case Nearest _ -> 1;
            case Linear _ -> Math.max(0, 1 - x);
            case Cubic(boolean _, double a) -> x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1
                    : x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
        };
    }

    /** The value for what lies outside in place of elements outside the input. */
    private Tensor extrapolated(Tensor x, int axis, double[] positions, long from) {
        boolean[] isInside = new boolean[positions.length];
        for (int i = 0; i < positions.length; i++) {
            isInside[i] = positions[i] >= 0 && positions[i] <= from - 1;
        }
        long[] line = new long[x.rank()];
        Arrays.fill(line, 1);
        line[axis] = positions.length;
        Tensor value = call.graph().constant(NDArray.scalar(DType.FLOAT64, extrapolation).cast(x.dtype()));
        Tensor mask = call.graph().constant(NDArray.of(isInside, line));
        return Ops.where(mask, x, Ops.broadcastTo(value, x.shape()));
    }
}
