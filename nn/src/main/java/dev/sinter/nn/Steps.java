package dev.sinter.nn;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The steps of an optimizer, one a variable: what it keeps, and what it assigns. */
final class Steps {
    private final Graph graph;
    private final Variable variable;
    /** That of sums of the variable: float32 for a half float. */
    private final DType dtype;
    private final Tensor gradient;
    private final List<Tensor> assigns;

    private Steps(Graph graph, Variable variable, Operand gradient, List<Tensor> assigns) {
        this.graph = graph;
        this.variable = variable;
        this.dtype = variable.dtype().accumulator();
        this.gradient = Assigns.as(graph, gradient, dtype);
        this.assigns = assigns;
    }

    /** The step that a rule makes for each of some variables, in a scope of the optimizer's name. */
    static Operation each(String optimizer, List<Variable> variables, List<? extends Operand> gradients,
            Consumer<Steps> rule) {
        Graph graph = Assigns.graphOf(optimizer, variables, gradients);
        List<Tensor> assigns = new ArrayList<>();
        return Composite.inScope(graph, optimizer, () -> {
            for (int i = 0; i < variables.size(); i++) {
                rule.accept(new Steps(graph, variables.get(i), gradients.get(i), assigns));
            }
            return Assigns.together(assigns);
        });
    }

    /** The variable's value, in the dtype that steps are computed in. */
    Tensor value() {
        return Assigns.as(graph, variable, dtype);
    }

    /** The gradient, in the dtype that steps are computed in. */
    Tensor gradient() {
        return gradient;
    }

    /** What is kept between runs for the variable: of its shape and the dtype of steps, and a number at first. */
    Variable slot(String name, double initial) {
        return graph.variable(variable.name() + "/" + name, Ops.fill(dtype, variable.shape(), initial));
    }

    /** A scalar in the dtype of steps. */
    Tensor number(Operand scalar) {
        return Assigns.as(graph, scalar, dtype);
    }

    /** A slot's next value, which takes effect with the step. */
    Tensor next(Variable slot, Tensor value) {
        assigns.add(slot.assign(value));
        return value;
    }

    /** The variable's next value. */
    void becomes(Tensor value) {
        assigns.add(variable.assign(Assigns.as(graph, value, variable.dtype())));
    }

    /** The variable's next value is less by so much. */
    void decreases(Tensor by) {
        assigns.add(Assigns.step(variable, by));
    }

    /** {@code sign(x) max(abs(x) - bound, 0)}: nearer to 0 by a bound (soft thresholding). */
    static Tensor shrunk(Tensor x, Tensor bound) {
        return Ops.sign(x).times(Ops.maximum(Ops.abs(x).minus(bound), 0));
    }
}
