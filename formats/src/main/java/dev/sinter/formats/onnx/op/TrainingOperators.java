package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Steps of optimizers: new values of weights and of what is kept of them. */
final class TrainingOperators {
    private TrainingOperators() {}

    /** A step of one weight; the values are the weight, its gradient and what is kept, the results without it. */
    @FunctionalInterface
    private interface Rule {
        List<Tensor> apply(Call call, Tensor rate, Tensor count, List<Tensor> values);
    }

    static void addTo(Operators table) {
        add(table, "Adagrad", 3, TrainingOperators::adagrad);
        add(table, "Adam", 4, TrainingOperators::adam);
        add(table, "Momentum", 3, TrainingOperators::momentum);
    }

    /** Inputs are a rate, a count of steps, and then lists for several weights of as many kinds as there are. */
    private static void add(Operators table, String name, int kinds, Rule rule) {
        table.add(new Operator(Operators.TRAINING, name, 1, Set.of(), call -> {
            int weights = (call.inputCount() - 2) / kinds;
            if (weights < 1 || call.inputCount() != 2 + weights * kinds) {
                throw call.wrong("a rate, a count and " + kinds + " inputs for each weight are needed, not "
                        + call.inputCount() + " inputs");
            }
            List<List<Tensor>> results = new ArrayList<>();
            for (int i = 0; i < weights; i++) {
                List<Tensor> values = new ArrayList<>();
                for (int kind = 0; kind < kinds; kind++) {
                    values.add(call.input(2 + kind * weights + i));
                }
                DType dtype = values.getFirst().dtype();
                results.add(rule.apply(call, Axes.cast(Axes.scalar(call.input(0)), dtype),
                        Axes.cast(Axes.scalar(call.input(1)), DType.FLOAT64), values));
            }
            List<Tensor> outputs = new ArrayList<>();
            for (int kind = 0; kind < kinds - 1; kind++) {
                for (List<Tensor> result : results) {
                    outputs.add(result.get(kind));
                }
            }
            return outputs;
        }));
    }

    private static Tensor regularized(Call call, List<Tensor> values) {
        double norm = call.number("norm_coefficient", 0);
        return norm == 0 ? values.get(1) : values.get(0).times(norm).plus(values.get(1));
    }

    private static List<Tensor> adagrad(Call call, Tensor rate, Tensor count, List<Tensor> values) {
        Tensor x = values.get(0);
        Tensor decay = Ops.cast(count.times(call.number("decay_factor", 0)).plus(1.0), x.dtype());
        Tensor gradient = regularized(call, values);
        Tensor squares = values.get(2).plus(Ops.square(gradient));
        Tensor root = Ops.sqrt(squares).plus(call.number("epsilon", 1e-6f));
        return List.of(x.minus(rate.div(decay).times(gradient).div(root)), squares);
    }

    private static List<Tensor> adam(Call call, Tensor rate, Tensor count, List<Tensor> values) {
        double alpha = call.number("alpha", 0.9f);
        double beta = call.number("beta", 0.999f);
        Tensor x = values.get(0);
        Tensor gradient = regularized(call, values);
        Tensor moment = values.get(2).times(alpha).plus(gradient.times(1 - alpha));
        Tensor squares = values.get(3).times(beta).plus(Ops.square(gradient).times(1 - beta));
        Tensor root = Ops.sqrt(squares).plus(call.number("epsilon", 1e-6f));
        Tensor correction = Ops.sqrt(missing(call, beta, count)).div(missing(call, alpha, count));
        Tensor one = Ops.onesLike(correction);
        Tensor adjusted = rate.times(Ops.cast(Ops.where(Ops.greater(count, 0), correction, one), x.dtype()));
        Tensor next = x.minus(adjusted.times(moment.div(root)));
        double post = call.number("norm_coefficient_post", 0);
        return List.of(post == 0 ? next : next.times(1 - post), moment, squares);
    }

    /** What a mean that decays lacks of 1 after some steps. */
    private static Tensor missing(Call call, double factor, Tensor count) {
        return Ops.subtract(1, Ops.pow(call.graph().constant(NDArray.scalar(DType.FLOAT64, factor)), count));
    }

    private static List<Tensor> momentum(Call call, Tensor rate, Tensor count, List<Tensor> values) {
        double alpha = call.number("alpha", 0);
        Tensor x = values.get(0);
        Tensor gradient = regularized(call, values);
        Tensor one = Ops.onesLike(count);
        Tensor beta = Ops.cast(Ops.where(Ops.greater(count, 0), one.times(call.number("beta", 1)), one), x.dtype());
        Tensor moment = values.get(2).times(alpha).plus(beta.times(gradient));
        return switch (call.text("mode")) {
            case "standard" -> List.of(x.minus(rate.times(moment)), moment);
            case "nesterov" -> List.of(x.minus(rate.times(gradient.plus(moment.times(alpha)))), moment);
            case String other -> throw call.wrong("mode must be standard or nesterov, not " + other);
        };
    }
}
