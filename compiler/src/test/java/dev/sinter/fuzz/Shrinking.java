package dev.sinter.fuzz;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.Parameter;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Makes a failing sample smaller: fewer results, and values replaced by parameters that hold them. */
final class Shrinking {
    private Shrinking() {}

    static RandomFunction.Sample shrink(RandomFunction.Sample sample, Predicate<RandomFunction.Sample> fails) {
        RandomFunction.Sample smallest = fewerResults(sample, fails);
        boolean changed = true;
        while (changed) {
            changed = false;
            List<Value> values = smallest.function().values();
            for (Value value : values) {
                boolean inner = value.isTensor() && !value.operands().isEmpty()
                        && value.shape().isStatic() && !smallest.function().results().contains(value);
                if (inner) {
                    RandomFunction.Sample cut = cut(smallest, value);
                    if (cut.function().values().size() < values.size() && fails.test(cut)) {
                        smallest = cut;
                        changed = true;
                        break;
                    }
                }
            }
        }
        return smallest;
    }

    private static RandomFunction.Sample fewerResults(RandomFunction.Sample sample,
            Predicate<RandomFunction.Sample> fails) {
        List<Value> results = new ArrayList<>(sample.function().results());
        for (Value result : List.copyOf(results)) {
            List<Value> fewer = new ArrayList<>(results);
            fewer.remove(result);
            RandomFunction.Sample candidate = new RandomFunction.Sample(
                    new Function("fuzz", sample.function().parameters(), fewer, sample.function().locations()),
                    sample.inputs());
            if (!fewer.isEmpty() && fails.test(candidate)) {
                results = fewer;
            }
        }
        return new RandomFunction.Sample(new Function("fuzz", sample.function().parameters(), results,
                sample.function().locations()), sample.inputs());
    }

    private static RandomFunction.Sample cut(RandomFunction.Sample sample, Value at) {
        Function function = sample.function();
        NDArray content = Interpreter.run(function.withResults(List.of(at)), sample.inputs()).getFirst();
        Builder b = new Builder();
        Map<Value, Value> copies = new HashMap<>();
        List<Value> parameters = new ArrayList<>();
        List<NDArray> inputs = new ArrayList<>(sample.inputs());
        for (Value parameter : function.parameters()) {
            Value copy = b.add(parameter.op());
            copies.put(parameter, copy);
            parameters.add(copy);
        }
        Value replacement = b.add(new Parameter("cut" + inputs.size(), at.tensorType()));
        parameters.add(replacement);
        inputs.add(content);
        for (Value value : function.values()) {
            if (value == at) {
                copies.put(value, replacement);
            } else if (!copies.containsKey(value)) {
                copies.put(value, b.add(value.op(), value.operands().stream().map(copies::get).toList()));
            }
        }
        List<Value> results = function.results().stream().map(copies::get).toList();
        return new RandomFunction.Sample(new Function("fuzz", parameters, results, b.locations()), inputs);
    }

    /** Whether results agree: exactly, or within a tolerance relative to the larger of 1 and the value. */
    static boolean same(List<NDArray> expected, List<NDArray> actual, double tolerance) {
        for (int i = 0; i < expected.size(); i++) {
            NDArray x = expected.get(i);
            NDArray y = actual.get(i);
            if (x.dtype() != y.dtype() || !java.util.Arrays.equals(x.sizes(), y.sizes())) {
                return false;
            }
            for (long element = 0; element < x.elementCount(); element++) {
                if (x.dtype().isFloat()) {
                    double a = x.getDouble(element);
                    double b = y.getDouble(element);
                    boolean near = a == b || Double.isNaN(a) && Double.isNaN(b)
                            || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
                    if (!near) {
                        return false;
                    }
                } else if (x.getLong(element) != y.getLong(element)) {
                    return false;
                }
            }
        }
        return true;
    }

}
