package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A tensor with summands added at computed indices along some axes. Operands: the tensor, the summands, then for each
 * of the axes an {@code int64} tensor of indices, all of one shape. The summands lie as a {@link Gather} with the same
 * attributes finds them. They are added in their row-major order, each sum rounded to the dtype. An index is clamped to
 * its axis.
 *
 * @param axes  the axes that are indexed, in rising order, behind those of the batch
 * @param batch how many of the first axes the tensor shares with the indices
 */
public record ScatterAdd(List<Integer> axes, int batch) implements Op {
    public ScatterAdd {
        axes = List.copyOf(axes);
    }

    @Override
    public String mnemonic() {
        return "scatter_add";
    }

    /** The op that reads what this one adds to. */
    public Gather gather() {
        return new Gather(axes, batch);
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.tensor(this, operands, 0);
        TensorType summands = Inference.tensor(this, operands, 1);
        Shape indices = Gather.indices(this, axes, batch, operand, operands, 2);
        Shape expected = Gather.result(axes, batch, operand.shape(), indices);
        if (operand.dtype() == DType.BOOL || !summands.equals(operand.withShape(expected))) {
            throw new GraphException("scatter_add: numbers " + operand.withShape(expected)
                    + " are added to " + operand + " at indices " + indices + ", not " + summands);
        }
        return operand;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            List<Value> operands = new ArrayList<>(List.of(gradient));
            operands.addAll(self.operands().subList(2, self.operands().size()));
            List<Optional<Value>> gradients = new ArrayList<>(Collections.nCopies(self.operands().size(),
                    Optional.empty()));
            gradients.set(0, Optional.of(gradient));
            gradients.set(1, Optional.of(b.add(gather(), operands)));
            return gradients;
        });
    }
}
