package dev.sinter.linalg;

import dev.sinter.tensor.Dim;
import java.util.List;

/** A function of square matrices that gives a matrix of the same size, which is empty where the operand is. */
interface SquareFunction extends MatrixFunction {
    /** The result for a matrix that is not empty and may be written. */
    Dense of(Dense matrix) throws Unsuited;

    @Override
    default List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    default List<Part> parts(List<List<Dim>> operands) {
        Dim n = MatrixFunction.square(operands.getFirst());
        return List.of(Part.of(n, n));
    }

    @Override
    default List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense matrix = operands.getFirst();
        return List.of(matrix.isEmpty() ? matrix : of(matrix));
    }
}
