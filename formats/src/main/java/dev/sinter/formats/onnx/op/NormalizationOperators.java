package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Moments;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Normalizations. */
final class NormalizationOperators {
    private NormalizationOperators() {}

    static void addTo(Operators table) {
        table.several("BatchNormalization", call -> batch(call, call.outputCount() > 1));
        table.several("BatchNormalization", 14, call -> batch(call, call.flag("training_mode", false)));
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
}
