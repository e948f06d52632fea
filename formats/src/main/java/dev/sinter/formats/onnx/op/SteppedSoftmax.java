package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The softmax in the steps of the standard's reference, each of which is rounded to the dtype: less exact than Sinter's
 * own for half floats, which keeps float32 from the scores to the weights.
 */
final class SteppedSoftmax {
    private SteppedSoftmax() {}

    static Tensor of(Tensor x, int axis) {
        Tensor powers = Ops.exp(x.minus(Axes.kept(Ops.reduceMax(x, axis), x, axis)));
        return powers.div(Axes.kept(sum(powers, axis), x, axis));
    }

    /** NumPy adds float16 along the last axis in float32; others are added one by one, and each sum is rounded. */
    private static Tensor sum(Tensor x, int axis) {
        if (x.dtype() != DType.BFLOAT16 && axis == x.rank() - 1) {
            return Ops.reduceSum(x, axis);
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
        order.add(0, order.remove(axis));
        List<Dim> others = new ArrayList<>(x.shape().dims());
        others.remove(axis);
        // Written as casts: of a loop that adds up alone the order is not a part of the meaning.
        Tensor sequence = Ops.cast(Ops.transpose(x, order.stream().mapToInt(Integer::intValue).toArray()),
                DType.FLOAT32);
        Tensor sum = Control.foldl(Ops.zeros(DType.FLOAT32, new Shape(others)), sequence,
                (before, each) -> Ops.cast(Ops.cast(before.plus(each), x.dtype()), DType.FLOAT32));
        return Ops.cast(sum, x.dtype());
    }
}
