package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import java.util.List;

/** Losses of classes, which lie along axis 1. */
final class LossOperators {
    private LossOperators() {}

    static void addTo(Operators table) {
        table.one("NegativeLogLikelihoodLoss", call -> loss(call, call.input(0)));
        table.several("SoftmaxCrossEntropyLoss", call -> {
            Tensor logits = call.input(0);
            if (logits.rank() < 2) {
                throw call.wrong("scores need a batch and classes, not " + logits.dtype() + logits.shape());
            }
            Tensor logarithms = Nn.logSoftmax(logits, 1);
            return List.of(loss(call, logarithms), logarithms);
        });
    }

    private static Tensor loss(Call call, Tensor logarithms) {
        if (logarithms.rank() < 2) {
            throw call.wrong("a batch and classes are needed, not " + logarithms.dtype() + logarithms.shape());
        }
        Tensor classes = Ops.cast(call.input(1), DType.INT64);
        Tensor kept = Ops.equal(classes, classes);
        if (call.hasAttribute("ignore_index")) {
            kept = Ops.notEqual(classes, call.graph().constant(call.integer("ignore_index")));
        }
        Tensor safe = Ops.where(kept, classes, Ops.zerosLike(classes));
        Tensor chosen = Ops.squeeze(Ops.takeAlongAxis(logarithms, Ops.expandDims(safe, 1), 1), 1);
        Tensor weights = call.maybe(2).map(given -> Ops.gather(given, safe)).orElseGet(() -> Ops.onesLike(chosen));
        Tensor counted = Ops.where(kept, weights, Ops.zerosLike(weights));
        Tensor losses = Ops.negative(Ops.where(kept, Ops.multiply(chosen, counted), Ops.zerosLike(chosen)));
        return switch (call.text("reduction", "mean")) {
            case "none" -> losses;
            case "sum" -> Ops.reduceSum(losses);
            case "mean" -> Ops.divide(Ops.reduceSum(losses), Ops.reduceSum(counted));
            case String other -> throw call.wrong("reduction must be none, sum or mean, not " + other);
        };
    }
}
