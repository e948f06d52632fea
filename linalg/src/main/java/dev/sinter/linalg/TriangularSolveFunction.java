package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;

/**
 * The X of {@code A X = B}, or of {@code A' X = B}, of a triangular A whose other triangle is not read.
 *
 * @param lower   whether A is lower triangular
 * @param adjoint whether it is transposed
 */
record TriangularSolveFunction(boolean lower, boolean adjoint) implements MatrixFunction {
    @Override
    public String name() {
        return "triangular_solve";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2, 2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim n = MatrixFunction.square(operands.getFirst());
        MatrixFunction.same("the rows of the matrix and of the right-hand sides", n, operands.get(1).get(0));
        return List.of(Part.of(n, operands.get(1).get(1)));
    }

    @Override
    public boolean isDefined(List<Dense> operands) {
        Dense a = operands.getFirst();
        return (lower ? a : a.transposed()).lower().isFinite();
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense x = operands.get(1);
        if (!operands.getFirst().isEmpty()) {
            Lapack.triangularSolve(operands.getFirst(), lower, adjoint, x);
        }
        return List.of(x);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            Algebra m = new Algebra(b);
            Value a = self.operand(0);
            Value x = b.project(self, 0);
            Value ofB = m.call(new TriangularSolveFunction(lower, !adjoint), a, b.project(gradient, 0)).getFirst();
            Value ofA = b.negate(adjoint ? m.times(x, false, ofB, true) : m.times(ofB, false, x, true));
            return List.of(Optional.of(lower ? m.lower(ofA) : m.upper(ofA)), Optional.of(ofB));
        });
    }
}
