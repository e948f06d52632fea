package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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
            dims.add(low.get(axis).plus(length(size, between)).plus(high.get(axis)));
        }
        return operand.withShape(new Shape(dims));
    }

    /** The length of an axis with elements put between its own. */
    static Dim length(Dim size, long between) {
        return between == 0 ? size : size.plus(size.minus(1).max(Dim.ZERO).times(between));
    }

    private static boolean isNegative(Dim dim) {
        return dim.isConstant() && dim.constant() < 0;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            Value operand = self.operand(0);
            List<Dim> limits = new ArrayList<>();
            List<Long> strides = new ArrayList<>();
            for (int axis = 0; axis < operand.rank(); axis++) {
                Dim size = operand.shape().dim(axis);
                long stride = interior.get(axis) + 1;
                Dim length = size.isConstant(0) ? size : size.times(stride).minus(stride - 1);
                limits.add(low.get(axis).plus(length));
                strides.add(stride);
            }
            Value inside = b.add(this, b.full(DType.BOOL, operand.shape(), 1), b.scalar(DType.BOOL, 0));
            Value outside = b.select(inside, b.zerosLike(gradient), gradient);
            List<Integer> axes = IntStream.range(0, operand.rank()).boxed().toList();
            return List.of(Optional.of(b.add(new Slice(low, limits, strides), gradient)),
                    Optional.of(b.reduceSum(outside, axes)));
        });
    }
}
