package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The combination of all elements along some axes, which are dropped.
 *
 * @param fn   how two elements are combined
 * @param axes the axes that disappear, increasing
 */
public record Reduce(ReduceFn fn, List<Integer> axes) implements Op {
    public Reduce {
        axes = axes.stream().sorted().toList();
    }

    @Override
    public String mnemonic() {
        return "reduce";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        Inference.axes(this, axes, operand.rank());
        boolean logical = fn == ReduceFn.ALL || fn == ReduceFn.ANY;
        if (logical != (operand.dtype() == DType.BOOL)) {
            throw new GraphException("reduce: " + fn.text() + " does not take " + operand.dtype());
        }
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < operand.rank(); axis++) {
            if (!axes.contains(axis)) {
                dims.add(operand.shape().dim(axis));
            }
        }
        return operand.withShape(new Shape(dims));
    }

    @Override
    public Derivative derivative() {
        return new Derivative.NotDifferentiable("no rule is written");
    }
}
