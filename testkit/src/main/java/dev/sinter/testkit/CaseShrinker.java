package dev.sinter.testkit;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.InitialState;
import dev.sinter.op.Parameter;
import dev.sinter.testkit.GraphFuzzer.Case;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Makes a failing case smaller: fewer results, values replaced by one of their operands or by a parameter
 * that is given what the value was, parameters that nothing uses left out. Each step keeps the failure.
 */
final class CaseShrinker {
    private final Predicate<Case> fails;

    private CaseShrinker(Predicate<Case> fails) {
        this.fails = fails;
    }

    static Case shrink(Case sample, Predicate<Case> fails) {
        CaseShrinker shrinker = new CaseShrinker(fails);
        Case smallest = sample;
        Optional<Case> smaller = shrinker.step(smallest);
        while (smaller.isPresent()) {
            smallest = smaller.get();
            smaller = shrinker.step(smallest);
        }
        return smallest;
    }

    /** A smaller case that fails too. */
    private Optional<Case> step(Case sample) {
        List<Value> results = sample.function().results();
        if (results.size() > 1) {
            for (Value result : results) {
                Optional<Case> one = accepted(sample, sample.function().withResults(List.of(result)),
                        sample.inputs());
                if (one.isPresent()) {
                    return one;
                }
            }
        }
        for (Value tensor : results.stream().flatMap(result -> tensorsBelow(result).stream()).toList()) {
            Optional<Case> below = accepted(sample, sample.function().withResults(List.of(tensor)), sample.inputs());
            if (below.isPresent()) {
                return below;
            }
        }
        List<Value> values = sample.function().values();
        for (int i = values.size() - 1; i >= 0; i--) {
            Value value = values.get(i);
            if (!value.operands().isEmpty()) {
                for (Value operand : value.operands()) {
                    Optional<Case> skipped = operand.type().equals(value.type())
                            ? accepted(sample, replaced(sample.function(), value, operand), sample.inputs())
                            : Optional.empty();
                    if (skipped.isPresent()) {
                        return skipped;
                    }
                }
                Optional<Case> cut = value.isTensor() ? cut(sample, value) : Optional.empty();
                if (cut.isPresent()) {
                    return cut;
                }
            }
        }
        return dropped(sample);
    }

    /** The tensors that a value needs, itself or for the order in which things happen. */
    private static List<Value> tensorsBelow(Value value) {
        List<Value> tensors = new ArrayList<>();
        Deque<Value> open = new ArrayDeque<>(value.operands());
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (next.isTensor()) {
                tensors.add(next);
            } else {
                open.addAll(next.operands());
            }
        }
        return tensors;
    }

    /** The case with a value given from outside. */
    private Optional<Case> cut(Case sample, Value value) {
        NDArray array;
        try {
            array = Interpreter.run(sample.function().withResults(List.of(value)), sample.inputs())
                    .getFirst();
        } catch (GraphException | CompilerBug fails) {
            return Optional.empty();
        }
        List<NDArray> inputs = new ArrayList<>(sample.inputs());
        inputs.add(array);
        Value[] parameter = new Value[1];
        Function cut = sample.function().remade((b, each, operands) -> {
            if (each != value) {
                return b.add(each.op(), operands);
            }
            parameter[0] = b.add(new Parameter("cut" + sample.inputs().size(), value.tensorType()));
            return parameter[0];
        });
        if (parameter[0] == null) {
            return Optional.empty();
        }
        List<Value> parameters = new ArrayList<>(cut.parameters());
        parameters.add(parameter[0]);
        return accepted(sample, new Function(cut.name(), parameters, cut.results(), cut.locations()), inputs);
    }

    private static Function replaced(Function function, Value value, Value operand) {
        return function.remade((b, each, operands) -> each == value
                ? operands.get(value.operands().indexOf(operand)) : b.add(each.op(), operands));
    }

    /** The case without one of the parameters that nothing uses. */
    private Optional<Case> dropped(Case sample) {
        List<Value> parameters = sample.function().parameters();
        for (int i = 0; i < parameters.size(); i++) {
            Value parameter = parameters.get(i);
            boolean used = sample.function().results().contains(parameter)
                    || sample.function().values().stream()
                            .anyMatch(value -> value.operands().contains(parameter));
            if (!used) {
                List<Value> rest = new ArrayList<>(parameters);
                List<NDArray> inputs = new ArrayList<>(sample.inputs());
                rest.remove(i);
                inputs.remove(i);
                Function function = new Function(sample.function().name(), rest, sample.function().results(),
                        sample.function().locations());
                if (isSound(function, inputs) && fails.test(new Case(function, inputs))) {
                    return Optional.of(new Case(function, inputs));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Case> accepted(Case before, Function function, List<NDArray> inputs) {
        Function compact = function.compacted();
        boolean smaller = weight(compact) < weight(before.function());
        return smaller && isSound(compact, inputs) && fails.test(new Case(compact, inputs))
                ? Optional.of(new Case(compact, inputs)) : Optional.empty();
    }

    /** Values count twice, so that one less for one more parameter is a gain. */
    private static int weight(Function function) {
        return function.values().size() * 4 + function.results().size() - (int) function.values().stream()
                .filter(value -> value.op() instanceof Parameter || value.op() instanceof InitialState)
                .count();
    }

    /** Whether the sizes are still known. */
    private static boolean isSound(Function function, List<NDArray> inputs) {
        try {
            Interpreter.run(function, inputs);
            return true;
        } catch (GraphException | CompilerBug broken) {
            return false;
        }
    }
}
