package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A box of the operand: along each axis the elements {@code start}, {@code start + stride}, ... below
 * {@code limit}.
 *
 * @param starts  the first index along each axis, at least 0
 * @param limits  the end along each axis, at most the size
 * @param strides the steps, at least 1
 */
public record Slice(List<Dim> starts, List<Dim> limits, List<Long> strides) implements Op {
    public Slice {
        starts = List.copyOf(starts);
        limits = List.copyOf(limits);
        strides = List.copyOf(strides);
    }

    @Override
    public String mnemonic() {
        return "slice";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        Inference.rank(this, "starts", starts.size(), operand.rank());
        Inference.rank(this, "limits", limits.size(), operand.rank());
        Inference.rank(this, "strides", strides.size(), operand.rank());
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < operand.rank(); axis++) {
            Dim start = starts.get(axis);
            Dim limit = limits.get(axis);
            Dim size = operand.shape().dim(axis);
            Dim length = limit.minus(start);
            boolean outside = start.isConstant() && start.constant() < 0
                    || limit.minus(size).isConstant() && limit.minus(size).constant() > 0
                    || length.isConstant() && length.constant() < 0;
            if (outside || strides.get(axis) < 1) {
                throw new GraphException("slice: " + start + ":" + limit + ":" + strides.get(axis)
                        + " does not lie in axis " + axis + " of " + operand);
            }
            dims.add(length.ceilDiv(strides.get(axis)));
        }
        return operand.withShape(new Shape(dims));
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> {
            Shape from = self.operand(0).shape();
            List<Dim> high = new ArrayList<>();
            List<Long> interior = new ArrayList<>();
            for (int axis = 0; axis < from.rank(); axis++) {
                long between = strides.get(axis) - 1;
                Dim padded = Pad.length(self.shape().dim(axis), between);
                high.add(from.dim(axis).minus(starts.get(axis)).minus(padded));
                interior.add(between);
            }
            return b.add(new Pad(starts, high, interior), gradient, b.scalar(gradient.dtype(), 0));
        });
    }
}
