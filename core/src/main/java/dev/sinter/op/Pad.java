package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The operand with elements added around and between its own. Operands: the tensor and a scalar of its
 * dtype, the added value.
 *
 * @param low      how many elements precede the first, along each axis, at least 0
 * @param high     how many follow the last, at least 0
 * @param interior how many stand between two neighbours, at least 0
 */
public record Pad(List<Dim> low, List<Dim> high, List<Long> interior) implements Op {
    public Pad {
        low = List.copyOf(low);
        high = List.copyOf(high);
        interior = List.copyOf(interior);
    }

    @Override
    public String mnemonic() {
        return "pad";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 2);
        TensorType operand = Inference.tensor(this, operands, 0);
        TensorType value = Inference.tensor(this, operands, 1);
        if (value.rank() != 0 || value.dtype() != operand.dtype()) {
            throw new GraphException("pad: the added value must be a scalar of dtype " + operand.dtype()
                    + ", not " + value);
        }
        Inference.rank(this, "low", low.size(), operand.rank());
        Inference.rank(this, "high", high.size(), operand.rank());
        Inference.rank(this, "interior", interior.size(), operand.rank());
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < operand.rank(); axis++) {
            Dim size = operand.shape().dim(axis);
            long between = interior.get(axis);
            if (between < 0 || isNegative(low.get(axis)) || isNegative(high.get(axis))) {
                throw new GraphException("pad: negative padding along axis " + axis + "; slice instead");
            }
            Dim gaps = between == 0 ? Dim.ZERO : size.minus(1).max(Dim.ZERO).times(between);
            dims.add(low.get(axis).plus(size).plus(gaps).plus(high.get(axis)));
        }
        return operand.withShape(new Shape(dims));
    }

    private static boolean isNegative(Dim dim) {
        return dim.isConstant() && dim.constant() < 0;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.NotDifferentiable("no rule is written");
    }
}
