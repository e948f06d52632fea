package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;

/** The integers that a classifier calls its classes by. */
final class ClassLabels {
    private final Call call;
    private final long[] labels;

    private ClassLabels(Call call, long[] labels) {
        this.call = call;
        this.labels = labels;
    }

    /** The labels in an attribute, none where it is missing; strings are refused. */
    static ClassLabels of(Call call, String integers, String strings) {
        FeatureOperators.refuseStrings(call, strings);
        return new ClassLabels(call, call.integers(integers).orElse(new long[0]));
    }

    int count() {
        return labels.length;
    }

    /** The label of the largest score of each row; of equal ones of the first. */
    Tensor ofLargest(Tensor scores) {
        if (!scores.dim(1).isConstant(labels.length)) {
            throw call.wrong("there are " + labels.length + " labels for " + scores.dim(1) + " classes");
        }
        return Ops.gather(call.graph().constant(NDArray.of(labels)), Ops.argMax(scores, 1));
    }

    /**
     * The second of two labels where a condition, {@code [n, 1]}, holds, else the first; 1 and 0 where the labels are
     * not two.
     */
    Tensor ofTwo(Tensor second) {
        Tensor flat = Ops.reshape(second, Shape.of(second.dim(0)));
        boolean own = labels.length == 2;
        return Ops.where(flat, label(flat.dim(0), own ? labels[1] : 1), label(flat.dim(0), own ? labels[0] : 0));
    }

    private Tensor label(Dim rows, long label) {
        return Ops.broadcastTo(call.graph().constant(NDArray.scalar(label)), Shape.of(rows));
    }
}
