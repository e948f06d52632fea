package dev.sinter.nn;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Scope;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The steps of an optimizer, one a variable: what it keeps, and what it assigns. */
final class Steps {
    private final Graph graph;
    private final Variable variable;
    private final Tensor gradient;
    private final List<Tensor> assigns;

    private Steps(Graph graph, Variable variable, Tensor gradient, List<Tensor> assigns) {
        this.graph = graph;
        this.variable = variable;
        this.gradient = gradient;
        this.assigns = assigns;
    }

    /** The step that a rule makes for each of some variables, in a scope of the optimizer's name. */
    static Operation each(String optimizer, List<Variable> variables, List<? extends Operand> gradients,
            Consumer<Steps> rule) {
        Graph graph = Assigns.graphOf(optimizer, variables, gradients);
        List<Tensor> assigns = new ArrayList<>();
        try (Scope _ = graph.scope(optimizer)) {
            for (int i = 0; i < variables.size(); i++) {
                rule.accept(new Steps(graph, variables.get(i), Operands.tensor(graph, gradients.get(i)), assigns));
            }
            return Assigns.together(assigns);
        }
    }

    Variable variable() {
        return variable;
    }

    Tensor gradient() {
        return gradient;
    }

    /** What is kept between runs for the variable: of its shape, and a number at first. */
    Variable slot(String name, double initial) {
        return graph.variable(variable.name() + "/" + name, Ops.fill(variable.dtype(), variable.shape(), initial));
    }

    /** A scalar in the variable's dtype. */
    Tensor number(Operand scalar) {
        return Assigns.as(graph, scalar, variable.dtype());
    }

    /** A slot's next value, which takes effect with the step. */
    Tensor next(Variable slot, Tensor value) {
        assigns.add(slot.assign(value));
        return value;
    }

    /** The variable's next value. */
    void becomes(Tensor value) {
        assigns.add(variable.assign(value));
    }

    /** The variable's next value is less by so much. */
    void decreases(Tensor by) {
        assigns.add(variable.assignSub(by));
    }

    /** {@code sign(x) max(abs(x) - bound, 0)}: nearer to 0 by a bound (soft thresholding). */
    static Tensor shrunk(Tensor x, Tensor bound) {
        return Ops.sign(x).times(Ops.maximum(Ops.abs(x).minus(bound), 0));
    }
}
