package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The operand laid out along some axes of a larger shape and repeated along the others. An operand's size
 * equals the result's, or is 1 and is stretched.
 *
 * @param shape the result's shape
 * @param axes  for each axis of the operand the result's axis, increasing
 */
public record Broadcast(Shape shape, List<Integer> axes) implements Op {
    public Broadcast {
        axes = List.copyOf(axes);
    }

    @Override
    public String mnemonic() {
        return "broadcast";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        Inference.rank(this, "axes", axes.size(), operand.rank());
        Inference.axes(this, axes, shape.rank());
        for (int i = 0; i < axes.size(); i++) {
            if (i > 0 && axes.get(i) <= axes.get(i - 1)) {
                throw new GraphException("broadcast: the axes " + axes + " do not increase; transpose first");
            }
            Dim from = operand.shape().dim(i);
            Dim to = shape.dim(axes.get(i));
            if (!from.equals(to) && !from.isConstant(1)) {
                throw new GraphException("broadcast: " + operand + " axis " + i + " is " + from
                        + ", which cannot stretch to " + to + " in " + shape);
            }
        }
        return operand.withShape(shape);
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> {
            Shape from = self.operand(0).shape();
            List<Integer> repeated = new ArrayList<>();
            for (int axis = 0; axis < shape.rank(); axis++) {
                int source = axes.indexOf(axis);
                if (source < 0 || !from.dim(source).equals(shape.dim(axis))) {
                    repeated.add(axis);
                }
            }
            return b.reshape(b.reduceSum(gradient, repeated), from);
        });
    }
}
