package dev.sinter.testkit;

import dev.sinter.diff.ReverseMode;
import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Parameter;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares gradients with finite differences. In a random direction d, the inner product of d with the gradient
 * of a randomly weighted sum of the results is the derivative of that sum along d, which a central difference of
 * fourth order measures in {@code float64}.
 */
public final class CheckGrad {
    private static final double STEP = 1e-3;
    private static final double TOLERANCE = 1e-7;

    private CheckGrad() {}

    /**
     * The function that gives the gradients of another one. Its parameters are the other's, then one seed for
     * each float result; its results are the gradients of the float parameters, 0 where none flows.
     */
    public static Function gradient(Function function) {
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        function.parameters().forEach(parameter -> parameters.add(b.add(parameter.op())));
        List<Value> xs = parameters.stream().filter(CheckGrad::isFloat).toList();
        List<Value> ys = new ArrayList<>();
        List<Value> seeds = new ArrayList<>();
        for (Value result : function.inline(b, parameters)) {
            if (isFloat(result)) {
                String name = "seed" + parameters.size();
                Value seed = b.add(new Parameter(name, result.tensorType()));
                ys.add(result);
                seeds.add(seed);
                parameters.add(seed);
            }
        }
        List<Optional<Value>> gradients = ReverseMode.gradients(b, ys, seeds, xs);
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < xs.size(); i++) {
            Value x = xs.get(i);
            results.add(gradients.get(i).orElseGet(() -> b.zerosLike(x)));
        }
        return new Function(function.name() + "_gradient", parameters, results, b.locations());
    }

    /** What is wrong with the gradient of a function at some inputs, where it is. */
    public static Optional<String> firstOrder(Function function, List<NDArray> inputs) {
        SampleData data = new SampleData(function.name() + inputs.size());
        Function gradient = gradient(function);
        List<NDArray> results = Interpreter.run(function, inputs);
        List<NDArray> weights = new ArrayList<>();
        for (NDArray result : results) {
            if (result.dtype().isFloat()) {
                weights.add(data.random(DType.FLOAT64, result.sizes()));
            }
        }
        List<NDArray> directions = inputs.stream().map(input -> data.random(input.dtype(), input.sizes())).toList();
        List<NDArray> all = new ArrayList<>(inputs);
        all.addAll(weights);
        List<NDArray> gradients = Interpreter.run(gradient, all);
        double computed = 0;
        int next = 0;
        for (int i = 0; i < inputs.size(); i++) {
            if (isFloat(function.parameters().get(i))) {
                computed += inner(gradients.get(next++), directions.get(i));
            }
        }
        double near = along(function, inputs, directions, weights, STEP)
                - along(function, inputs, directions, weights, -STEP);
        double far = along(function, inputs, directions, weights, 2 * STEP)
                - along(function, inputs, directions, weights, -2 * STEP);
        double measured = (8 * near - far) / (12 * STEP);
        double scale = Math.max(1, Math.max(Math.abs(computed), Math.abs(measured)));
        return Math.abs(computed - measured) <= TOLERANCE * scale ? Optional.empty()
                : Optional.of("the gradient says " + computed + ", the difference " + measured);
    }

    /** What is wrong with the gradient of the gradient, with respect to inputs and seeds. */
    public static Optional<String> secondOrder(Function function, List<NDArray> inputs) {
        return firstOrder(gradient(function), withSeeds(function, inputs));
    }

    /** Inputs of {@link #gradient}: those of the function itself, then random seeds. */
    public static List<NDArray> withSeeds(Function function, List<NDArray> inputs) {
        SampleData data = new SampleData(function.name() + "second");
        List<NDArray> all = new ArrayList<>(inputs);
        for (NDArray result : Interpreter.run(function, inputs)) {
            if (result.dtype().isFloat()) {
                all.add(data.random(DType.FLOAT64, result.sizes()));
            }
        }
        return all;
    }

    private static boolean isFloat(Value value) {
        return value.type() instanceof TensorType tensor && tensor.dtype().isFloat();
    }

    /** The weighted sum of the results at a distance along the directions. */
    private static double along(Function function, List<NDArray> inputs, List<NDArray> directions,
            List<NDArray> weights, double distance) {
        List<NDArray> moved = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            NDArray input = inputs.get(i);
            if (input.dtype().isFloat()) {
                NDArray there = NDArray.zeros(input.dtype(), input.sizes());
                for (long e = 0; e < input.elementCount(); e++) {
                    there.setDouble(e, input.getDouble(e) + distance * directions.get(i).getDouble(e));
                }
                moved.add(there);
            } else {
                moved.add(input);
            }
        }
        double sum = 0;
        int next = 0;
        for (NDArray result : Interpreter.run(function, moved)) {
            sum += result.dtype().isFloat() ? inner(result, weights.get(next++)) : 0;
        }
        return sum;
    }

    /** An infinite element, such as the maximum of nothing, counts as a constant. */
    private static double inner(NDArray x, NDArray y) {
        double sum = 0;
        for (long i = 0; i < x.elementCount(); i++) {
            sum += Double.isInfinite(x.getDouble(i)) ? 0 : x.getDouble(i) * y.getDouble(i);
        }
        return sum;
    }
}
