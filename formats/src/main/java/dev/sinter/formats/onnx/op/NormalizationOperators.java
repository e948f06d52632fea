package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Moments;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Normalizations. */
final class NormalizationOperators {
    private NormalizationOperators() {}

    static void addTo(Operators table) {
        table.several("BatchNormalization", call -> batch(call, call.outputCount() > 1));
        table.several("BatchNormalization", 14, call -> batch(call, call.flag("training_mode", false)));
        table.several("LayerNormalization", NormalizationOperators::layer);
        table.one("RMSNormalization", NormalizationOperators::rootMeanSquare);
        table.one("InstanceNormalization", call -> grouped(call, call.input(0).dim(1)));
        table.one("GroupNormalization", call -> grouped(call, Dim.of(call.integer("num_groups"))));
        table.one("LRN", NormalizationOperators::localResponse);
        table.one("LpNormalization", NormalizationOperators::norm);
        table.one("MeanVarianceNormalization", NormalizationOperators::meanVariance);
    }

    /** The outputs: what is normalized, the new running mean and variance, before version 14 those of the batch too. */
    private static List<Tensor> batch(Call call, boolean isTraining) {
        Tensor given = call.input(0);
        if (given.rank() < 2 && call.version() >= 9) {
            throw call.wrong("the input needs batch and channels, not " + given.rank() + " axes");
        }
        double epsilon = call.number("epsilon", 1e-5f);
        double momentum = call.number("momentum", 0.9f);
        DType dtype = call.input(3).dtype() == DType.FLOAT64 ? DType.FLOAT64 : Axes.computed(given.dtype());
        Tensor x = Axes.cast(given, dtype);
        List<Tensor> vectors = IntStream.range(1, 5).mapToObj(i -> Axes.cast(call.input(i), dtype)).toList();
        boolean isSpatial = call.version() >= 9 || call.flag("spatial", true);
        int[] axes = IntStream.range(0, x.rank()).filter(axis -> axis == 0 || isSpatial && axis > 1).toArray();
        Tensor mean = vectors.get(2);
        Tensor variance = vectors.get(3);
        if (isTraining) {
            Moments moments = Nn.moments(x, axes);
            mean = moments.mean();
            variance = moments.variance();
        }
        int rank = x.rank();
        Tensor normalized = Axes.cast(Nn.batchNormalization(x, Axes.laidFrom(mean, 1, rank),
                Axes.laidFrom(variance, 1, rank), Axes.laidFrom(vectors.get(1), 1, rank),
                Axes.laidFrom(vectors.get(0), 1, rank), epsilon), given.dtype());
        if (!isTraining) {
            return List.of(normalized);
        }
        List<Tensor> outputs = new ArrayList<>(List.of(normalized));
        outputs.add(running(call.input(3), mean, momentum));
        outputs.add(running(call.input(4), variance, momentum));
        if (call.version() < 14) {
            outputs.add(Axes.cast(mean, call.input(3).dtype()));
            outputs.add(Axes.cast(variance, call.input(4).dtype()));
        }
        return outputs;
    }

    private static Tensor running(Tensor before, Tensor now, double momentum) {
        return Axes.cast(Axes.cast(before, now.dtype()).times(momentum).plus(now.times(1 - momentum)),
                before.dtype());
    }

    private static DType stash(Call call, Tensor x) {
        return call.integer("stash_type", 1) == 1 && x.dtype().isHalf() ? DType.FLOAT32 : x.dtype();
    }

    private static int[] axesFrom(Call call, Tensor x) {
        return Axes.range(call.axis(call.integer("axis", -1), x.rank()), x.rank());
    }

    /** The outputs: what is normalized, the mean, and 1 by the standard deviation. */
    private static List<Tensor> layer(Call call) {
        Tensor given = call.input(0);
        Tensor x = Axes.cast(given, stash(call, given));
        int[] axes = axesFrom(call, x);
        Tensor mean = Axes.kept(Ops.reduceMean(x, axes), x, axes);
        Tensor difference = Ops.subtract(x, mean);
        Tensor variance = Axes.kept(Ops.reduceMean(Ops.square(difference), axes), x, axes);
        Tensor inverse = Ops.rsqrt(variance.plus(call.number("epsilon", 1e-5f)));
        Tensor scaled = Ops.multiply(Axes.cast(Ops.multiply(difference, inverse), given.dtype()), call.input(1));
        return List.of(call.maybe(2).map(scaled::plus).orElse(scaled), mean, inverse);
    }

    private static Tensor rootMeanSquare(Call call) {
        Tensor given = call.input(0);
        Tensor x = Axes.cast(given, stash(call, given));
        int[] axes = axesFrom(call, x);
        Tensor square = Axes.kept(Ops.reduceMean(Ops.square(x), axes), x, axes);
        Tensor inverse = Ops.rsqrt(square.plus(call.number("epsilon", 1e-5f)));
        return Ops.multiply(Axes.cast(Ops.multiply(x, inverse), given.dtype()), call.input(1));
    }

    /** Groups of channels, each normalized by itself; scale and offset have an element a channel or a group. */
    private static Tensor grouped(Call call, Dim groups) {
        Tensor given = call.input(0);
        if (given.rank() < 2) {
            throw call.wrong("the input needs batch and channels, not " + given.rank() + " axes");
        }
        Tensor x = Axes.cast(given, stash(call, given));
        Tensor parts = Ops.reshape(x, Shape.of(x.dim(0), groups, Axes.product(x, 1, x.rank()).floorDiv(groups)));
        Tensor mean = Axes.kept(Ops.reduceMean(parts, 2), parts, 2);
        Tensor difference = Ops.subtract(parts, mean);
        Tensor variance = Axes.kept(Ops.reduceMean(Ops.square(difference), 2), parts, 2);
        Tensor normal = Axes.cast(Ops.multiply(difference,
                Ops.rsqrt(variance.plus(call.number("epsilon", 1e-5f)))), given.dtype());
        Tensor scale = call.input(1);
        Tensor offset = call.input(2);
        if (scale.dim(0).equals(groups) && !groups.equals(x.dim(1))) {
            return Ops.reshape(Ops.add(Ops.multiply(normal, Ops.reshape(scale, Shape.of(groups, Dim.ONE))),
                    Ops.reshape(offset, Shape.of(groups, Dim.ONE))), x.shape());
        }
        Tensor whole = Ops.reshape(normal, x.shape());
        return Ops.add(Ops.multiply(whole, Axes.laidFrom(scale, 1, x.rank())), Axes.laidFrom(offset, 1, x.rank()));
    }

    /** Each channel by the squares of its neighbours. */
    private static Tensor localResponse(Call call) {
        Tensor x = call.input(0);
        long size = call.integer("size");
        if (size < 1 || x.rank() < 2) {
            throw call.wrong("a size from 1 on and an input with channels are needed, not " + size + " and " + x.dtype()
                    + x.shape());
        }
        long[][] paddings = new long[x.rank()][2];
        paddings[1] = new long[] {(size - 1) / 2, size - 1 - (size - 1) / 2};
        Tensor padded = Ops.pad(Ops.square(x), paddings);
        List<Dim> box = x.shape().dims();
        Tensor sum = null;
        for (long shift = 0; shift < size; shift++) {
            List<Tensor> starts = new ArrayList<>();
            for (int axis = 0; axis < x.rank(); axis++) {
                starts.add(call.graph().constant(axis == 1 ? shift : 0L));
            }
            Tensor part = Ops.dynamicSlice(padded, starts, new Shape(box));
            sum = sum == null ? part : Ops.add(sum, part);
        }
        Tensor base = sum.times(call.number("alpha", 1e-4f) / size).plus(call.number("bias", 1));
        return Ops.divide(x, Ops.pow(base, call.number("beta", 0.75f)));
    }

    /** Vectors by their norm; those of norm 0 stay 0. */
    private static Tensor norm(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(call.integer("axis", -1), x.rank());
        long order = call.integer("p", 2);
        if (order != 1 && order != 2) {
            throw call.wrong("p must be 1 or 2, not " + order);
        }
        Tensor norm = order == 1 ? Ops.reduceSum(Ops.abs(x), axis) : Ops.sqrt(Ops.reduceSum(Ops.square(x), axis));
        return Ops.divideNoNan(x, Axes.kept(norm, x, axis));
    }

    private static Tensor meanVariance(Call call) {
        Tensor x = call.input(0);
        int[] axes = call.axes(call.integers("axes").orElseGet(() -> new long[] {0, 2, 3}), x.rank());
        Tensor difference = Ops.subtract(x, Axes.kept(Ops.reduceMean(x, axes), x, axes));
        Tensor deviation = Ops.sqrt(Axes.kept(Ops.reduceMean(Ops.square(difference), axes), x, axes));
        return Ops.divide(difference, deviation.plus(1e-9));
    }
}
