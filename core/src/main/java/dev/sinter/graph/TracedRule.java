package dev.sinter.graph;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Substitution;
import dev.sinter.ir.Symbols;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The rule of a custom gradient as a function of the tensor IR, which is put in place where a gradient is taken.
 *
 * @param function  gives the gradients that flow
 * @param arguments what each parameter is: 0 the value, 1 its gradient, i + 2 operand i of the rule
 * @param flows     for each operand whether a gradient flows to it
 * @param sizes     what stands for symbols of the function
 */
record TracedRule(Function function, List<Integer> arguments, List<Boolean> flows, Map<Symbol, Dim> sizes)
        implements Derivative.Vjp {
    /**
     * Traces a rule.
     *
     * @param inputs the value, then the operands
     */
    static TracedRule trace(List<Node> inputs, Control.GradientRule rule) {
        Graph scratch = new Graph();
        TensorType type = inputs.getFirst().tensorType();
        Tensor value = scratch.placeholder("value", type.dtype(), type.shape());
        Tensor gradient = scratch.placeholder("gradient", type.dtype(), type.shape());
        List<Tensor> operands = new ArrayList<>();
        for (Node input : inputs.subList(1, inputs.size())) {
            operands.add(scratch.placeholder("operand", input.tensorType().dtype(),
                    input.tensorType().shape()));
        }
        List<Optional<Tensor>> results = rule.gradients(List.copyOf(operands), value, gradient);
        check(inputs, results);
        List<Tensor> feeds = new ArrayList<>(List.of(value, gradient));
        feeds.addAll(operands);
        LoweredGraph lowered = Lowering.lower(scratch, results.stream().flatMap(Optional::stream).toList(),
                feeds, List.of());
        return new TracedRule(lowered.function(), lowered.feeds().stream().map(feeds::indexOf).toList(),
                results.stream().map(Optional::isPresent).toList(), Map.of());
    }

    private static void check(List<Node> inputs, List<Optional<Tensor>> results) {
        if (results.size() != inputs.size() - 1) {
            throw new GraphException("the rule gives " + results.size() + " gradients for "
                    + (inputs.size() - 1) + " operands");
        }
        for (int i = 0; i < results.size(); i++) {
            TensorType wanted = inputs.get(i + 1).tensorType();
            if (results.get(i).isPresent() && !results.get(i).get().node().tensorType().equals(wanted)) {
                throw new GraphException("the rule's gradient " + i + " is "
                        + Composer.text(results.get(i).get().node().tensorType()) + ", the operand is "
                        + Composer.text(wanted));
            }
        }
    }

    /** The rule with every size replaced. */
    @Override
    public TracedRule with(UnaryOperator<Dim> replacement) {
        Map<Symbol, Dim> replaced = new HashMap<>();
        for (Symbol symbol : Symbols.of(function)) {
            Dim before = Dim.ofSymbol(symbol);
            Dim after = replacement.apply(sizes.getOrDefault(symbol, before));
            if (!after.equals(before)) {
                replaced.put(symbol, after);
            }
        }
        return replaced.equals(sizes) ? this : new TracedRule(function, arguments, flows, Map.copyOf(replaced));
    }

    @Override
    public List<Optional<Value>> of(Builder b, Value self, Value gradient) {
        Substitution sized = new Substitution(dim -> dim.substitute(
                symbol -> sizes.getOrDefault(symbol, Dim.ofSymbol(symbol))));
        Map<Value, Value> copies = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            copies.put(function.parameters().get(i), switch (arguments.get(i)) {
                case 0 -> self;
                case 1 -> gradient;
                default -> self.operand(arguments.get(i) - 1);
            });
        }
        for (Value value : function.values()) {
            if (!copies.containsKey(value)) {
                copies.put(value, b.add(sized.apply(value.op()),
                        value.operands().stream().map(copies::get).toList()));
            }
        }
        List<Optional<Value>> gradients = new ArrayList<>(List.of(Optional.empty()));
        int next = 0;
        for (boolean flows : flows) {
            gradients.add(flows ? Optional.of(copies.get(function.results().get(next++))) : Optional.empty());
        }
        return gradients;
    }
}
