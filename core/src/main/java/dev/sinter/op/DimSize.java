package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * A size as an {@code int64} scalar.
 *
 * @param dim the size, over the symbols of the graph
 */
public record DimSize(Dim dim) implements Op {
    @Override
    public String mnemonic() {
        return "dim_size";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 0);
        return new TensorType(DType.INT64, Shape.SCALAR);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("it has no operand");
    }
}
