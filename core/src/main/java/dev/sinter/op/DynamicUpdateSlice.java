package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The operand with a box replaced. Operands: the tensor, the box's new content, then one {@code int64}
 * scalar an axis where the box starts. A start is clamped so that the box lies inside.
 */
public record DynamicUpdateSlice() implements Op {
    @Override
    public String mnemonic() {
        return "dynamic_update_slice";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.tensor(this, operands, 0);
        TensorType update = Inference.tensor(this, operands, 1);
        Inference.count(this, operands, 2 + operand.rank());
        Inference.index(this, operands, 2);
        Inference.rank(this, "the update", update.rank(), operand.rank());
        if (update.dtype() != operand.dtype()) {
            throw new GraphException("dynamic_update_slice: the update " + update + " has another dtype than "
                    + operand);
        }
        for (int axis = 0; axis < operand.rank(); axis++) {
            var room = operand.shape().dim(axis).minus(update.shape().dim(axis));
            if (room.isConstant() && room.constant() < 0) {
                throw new GraphException("dynamic_update_slice: the update " + update + " is larger than "
                        + operand + " along axis " + axis);
            }
        }
        return operand;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            Value update = self.operand(1);
            List<Value> starts = self.operands().subList(2, self.operands().size());
            List<Value> erased = new ArrayList<>(List.of(gradient, b.zerosLike(update)));
            erased.addAll(starts);
            List<Value> box = new ArrayList<>(List.of(gradient));
            box.addAll(starts);
            List<Optional<Value>> gradients = new ArrayList<>(Collections.nCopies(self.operands().size(),
                    Optional.empty()));
            gradients.set(0, Optional.of(b.add(this, erased)));
            gradients.set(1, Optional.of(b.add(new DynamicSlice(update.shape()), box)));
            return gradients;
        });
    }
}
