package dev.sinter.graph;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Project;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is carried out, in which order, and what the framework does not compute itself. */
public final class Control {
    private Control() {}

    /** Carries out all of some elements. */
    public static Operation group(GraphElement first, GraphElement... others) {
        List<GraphElement> elements = new ArrayList<>(List.of(first));
        elements.addAll(List.of(others));
        return first.graph().group("group", elements);
    }

    /** The operand, once some elements are carried out. */
    public static Tensor withDependencies(Operand x, GraphElement... elements) {
        Graph graph = Composer.graphOf("with_dependencies", List.of(x));
        try (Scope _ = graph.controlDependencies(elements)) {
            return Ops.identity(x);
        }
    }

    /**
     * A call of Java code, once a run that needs a result of it or names it as a target.
     *
     * @return its results in order
     */
    public static List<Tensor> hostCall(HostFunction function, Operand... operands) {
        return hostCall(Composer.graphOf("host_call", List.of(operands)), function, operands);
    }

    /** {@link #hostCall(HostFunction, Operand...)} of operands that need not belong to a graph. */
    public static List<Tensor> hostCall(Graph graph, HostFunction function, Operand... operands) {
        return Composer.nodes(graph, function.name(), c -> {
            Node call = c.controlled(c.add(new HostCall(function), c.ins()));
            List<Node> results = new ArrayList<>();
            for (int i = 0; i < ((TupleType) call.type()).elements().size(); i++) {
                results.add(c.add(new Project(i), call));
            }
            if (results.isEmpty()) {
                throw new GraphException("a host function must have a result");
            }
            return results;
        }, List.of(operands)).stream().map(Node::tensor).toList();
    }

    /** How a custom gradient is made of tensors. */
    @FunctionalInterface
    public interface GradientRule {
        /**
         * The gradients of the operands.
         *
         * @param operands stand for the operands
         * @param value    stands for the value
         * @param gradient the gradient of the value
         * @return one an operand, of its dtype and shape; empty where none flows
         */
        List<Optional<Tensor>> gradients(List<Tensor> operands, Tensor value, Tensor gradient);
    }

    /**
     * A value whose gradient is not that of the ops that made it: it flows by a rule to the operands.
     *
     * @param value    the value, however it is made
     * @param operands what the gradient flows to
     * @param rule     called once, now; it may use its arguments and initializers alone
     */
    public static Tensor customGradient(Operand value, List<? extends Operand> operands, GradientRule rule) {
        List<Operand> all = new ArrayList<>(List.of(value));
        all.addAll(operands);
        return Composer.tensor("custom_gradient", c -> c.add(new CustomGradient("custom_gradient",
                trace(c.ins(), rule)), c.ins()), all);
    }

    /** The rule as a function of the tensor IR, which is put in place where a gradient is taken. */
    private static dev.sinter.op.Derivative.Vjp trace(List<Node> inputs, GradientRule rule) {
        Graph scratch = new Graph();
        TensorType type = inputs.getFirst().tensorType();
        Tensor value = scratch.placeholder("value", type.dtype(), type.shape());
        Tensor gradient = scratch.placeholder("gradient", type.dtype(), type.shape());
        List<Tensor> operands = new ArrayList<>();
        for (Node input : inputs.subList(1, inputs.size())) {
            operands.add(scratch.placeholder("operand", input.tensorType().dtype(), input.tensorType().shape()));
        }
        List<Optional<Tensor>> results = rule.gradients(List.copyOf(operands), value, gradient);
        if (results.size() != operands.size()) {
            throw new GraphException("the rule gives " + results.size() + " gradients for " + operands.size()
                    + " operands");
        }
        for (int i = 0; i < results.size(); i++) {
            TensorType wanted = inputs.get(i + 1).tensorType();
            if (results.get(i).isPresent() && !results.get(i).get().node().tensorType().equals(wanted)) {
                throw new GraphException("the rule's gradient " + i + " is "
                        + Composer.text(results.get(i).get().node().tensorType()) + ", the operand is "
                        + Composer.text(wanted));
            }
        }
        List<Tensor> feeds = new ArrayList<>(List.of(value, gradient));
        feeds.addAll(operands);
        LoweredGraph lowered = Lowering.lower(scratch, results.stream().flatMap(Optional::stream).toList(), feeds,
                List.of());
        return (b, self, upstream) -> inline(b, lowered, feeds, results, self, upstream);
    }

    private static List<Optional<Value>> inline(Builder b, LoweredGraph lowered, List<Tensor> feeds,
            List<Optional<Tensor>> results, Value self, Value upstream) {
        Map<Value, Value> copies = new HashMap<>();
        for (int i = 0; i < lowered.feeds().size(); i++) {
            int position = feeds.indexOf(lowered.feeds().get(i));
            copies.put(lowered.function().parameters().get(i), switch (position) {
                case 0 -> self;
                case 1 -> upstream;
                default -> self.operand(position - 1);
            });
        }
        for (Value value : lowered.function().values()) {
            if (!copies.containsKey(value)) {
                copies.put(value, b.add(value.op(), value.operands().stream().map(copies::get).toList()));
            }
        }
        List<Optional<Value>> gradients = new ArrayList<>(List.of(Optional.empty()));
        int next = 0;
        for (Optional<Tensor> result : results) {
            gradients.add(result.isEmpty() ? Optional.empty()
                    : Optional.of(copies.get(lowered.function().results().get(next++))));
        }
        return gradients;
    }
}
