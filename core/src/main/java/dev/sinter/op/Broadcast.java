package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The operand laid out along some axes of a larger shape and repeated along the others. An operand's size
 * equals the result's, or is 1 and is stretched. Where the sizes leave open which of both holds, each run
 * finds out: an index into the operand moves by {@code size.repeats(0)}, and a run whose sizes are neither
 * fails before its first kernel.
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
            if (!fits(from, to)) {
                throw new GraphException("broadcast: " + operand + " axis " + i + " is " + from
                        + ", which cannot stretch to " + to + " in " + shape);
            }
        }
        return operand.withShape(shape);
    }

    /** Whether an axis of one size can, for all that is known, be laid along an axis of another size. */
    public static boolean fits(Dim from, Dim to) {
        return from.equals(to) || from.isConstant(1) || !from.isConstant() || !to.isConstant();
    }

    /** Whether the result is for certain the same along an axis: it is no axis of the operand, or one of size 1. */
    public boolean repeats(Shape operand, int axis) {
        int source = axes.indexOf(axis);
        return source < 0 || operand.dim(source).isConstant(1) && !shape.dim(axis).isConstant(1);
    }

    /**
     * The sum over what was repeated. An axis that may have been stretched becomes two, the repetitions and
     * the operand's own: one of them is 1.
     */
    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> {
            Shape from = self.operand(0).shape();
            List<Integer> repeated = new ArrayList<>();
            List<Dim> dims = new ArrayList<>(shape.dims());
            Value spread = gradient;
            for (int axis = 0; axis < shape.rank(); axis++) {
                int at = axis + dims.size() - shape.rank();
                int source = axes.indexOf(axis);
                Dim whole = shape.dim(axis);
                if (repeats(from, axis)) {
                    repeated.add(at);
                } else if (!from.dim(source).equals(whole)) {
                    repeated.add(at);
                    dims.set(at, from.dim(source).repeats(whole));
                    dims.add(at + 1, from.dim(source));
                    spread = b.reshape(spread, new Shape(dims));
                }
            }
            return b.reshape(b.reduceSum(spread, repeated), from);
        });
    }
}
