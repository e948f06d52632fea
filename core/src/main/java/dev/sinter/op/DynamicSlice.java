package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A box of fixed shape whose start is computed. Operands: the tensor, then one {@code int64} scalar an axis.
 * A start is clamped so that the box lies inside.
 *
 * @param shape the box, of the operand's rank
 */
public record DynamicSlice(Shape shape) implements Op {
    @Override
    public String mnemonic() {
        return "dynamic_slice";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.tensor(this, operands, 0);
        Inference.count(this, operands, 1 + operand.rank());
        Inference.index(this, operands, 1);
        Inference.rank(this, "the box", shape.rank(), operand.rank());
        for (int axis = 0; axis < operand.rank(); axis++) {
            var room = operand.shape().dim(axis).minus(shape.dim(axis));
            if (room.isConstant() && room.constant() < 0) {
                throw new GraphException("dynamic_slice: the box " + shape + " is larger than " + operand
                        + " along axis " + axis);
            }
        }
        return operand.withShape(shape);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            List<Value> operands = new ArrayList<>(self.operands());
            operands.set(0, b.zerosLike(self.operand(0)));
            operands.add(1, gradient);
            List<Optional<Value>> gradients = new ArrayList<>(Collections.nCopies(self.operands().size(),
                    Optional.empty()));
            gradients.set(0, Optional.of(b.add(new DynamicUpdateSlice(), operands)));
            return gradients;
        });
    }
}
