package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A permutation of axes: axis {@code i} of the result is axis {@code permutation[i]} of the operand.
 *
 * @param permutation every axis once
 */
public record Transpose(List<Integer> permutation) implements Op {
    public Transpose {
        permutation = List.copyOf(permutation);
    }

    @Override
    public String mnemonic() {
        return "transpose";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        Inference.rank(this, "the permutation", permutation.size(), operand.rank());
        Inference.axes(this, permutation, operand.rank());
        return operand.withShape(new Shape(permutation.stream().map(operand.shape()::dim).toList()));
    }

    @Override
    public Derivative derivative() {
        List<Integer> inverse = IntStream.range(0, permutation.size()).map(permutation::indexOf).boxed().toList();
        return Derivative.of((b, self, gradient) -> b.transpose(gradient, inverse));
    }
}
