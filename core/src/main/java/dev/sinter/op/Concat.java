package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The operands one after the other along an axis.
 *
 * @param axis where they are joined
 */
public record Concat(int axis) implements Op {
    @Override
    public String mnemonic() {
        return "concat";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType first = Inference.tensor(this, operands, 0);
        Inference.axes(this, List.of(axis), first.rank());
        Dim length = Dim.ZERO;
        for (int i = 0; i < operands.size(); i++) {
            TensorType operand = Inference.tensor(this, operands, i);
            Inference.rank(this, "operand " + i, operand.rank(), first.rank());
            for (int other = 0; other < first.rank(); other++) {
                if (other != axis && !operand.shape().dim(other).equals(first.shape().dim(other))
                        || operand.dtype() != first.dtype()) {
                    throw new GraphException("concat: operand " + i + " is " + operand + ", which does not fit "
                            + first + " beside axis " + axis);
                }
            }
            length = length.plus(operand.shape().dim(axis));
        }
        List<Dim> dims = new ArrayList<>(first.shape().dims());
        dims.set(axis, length);
        return first.withShape(new Shape(dims));
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            List<Optional<Value>> gradients = new ArrayList<>();
            Dim at = Dim.ZERO;
            for (Value operand : self.operands()) {
                List<Dim> starts = new ArrayList<>(Collections.nCopies(self.rank(), Dim.ZERO));
                List<Dim> limits = new ArrayList<>(self.shape().dims());
                starts.set(axis, at);
                at = at.plus(operand.shape().dim(axis));
                limits.set(axis, at);
                List<Long> strides = Collections.nCopies(self.rank(), 1L);
                gradients.add(Optional.of(b.add(new Slice(starts, limits, strides), gradient)));
            }
            return gradients;
        });
    }
}
