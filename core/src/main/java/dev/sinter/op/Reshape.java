package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * The same elements in the same row-major order under another shape of the same number of elements. Where the
 * sizes leave open whether both numbers are equal, a run checks it before its first kernel.
 *
 * @param shape the result's shape
 */
public record Reshape(Shape shape) implements Op {
    @Override
    public String mnemonic() {
        return "reshape";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        Dim difference = operand.shape().elementCount().minus(shape.elementCount());
        if (difference.isConstant() && !difference.isConstant(0)) {
            throw new GraphException("reshape: " + operand + " has " + operand.shape().elementCount()
                    + " elements, " + shape + " has " + shape.elementCount());
        }
        return operand.withShape(shape);
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> b.reshape(gradient, self.operand(0).shape()));
    }
}
