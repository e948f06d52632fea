package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import java.util.List;
import java.util.Optional;

/**
 * The lower triangular L of {@code A = L L'}, of a symmetric A whose lower triangle is read. The gradient is that of
 * the symmetric matrix, itself symmetric (Murray, Differentiation of the Cholesky decomposition, 2016).
 */
record CholeskyFunction() implements SquareFunction {
    @Override
    public String name() {
        return "cholesky";
    }

    @Override
    public boolean isDefined(List<Dense> operands) {
        return operands.getFirst().lower().isFinite();
    }

    @Override
    public Dense of(Dense a) throws Unsuited {
        return Lapack.cholesky(a);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> List.of(Optional.of(gradient(b, self, gradient))));
    }

    private static Value gradient(Builder b, Value self, Value gradients) {
        Algebra m = new Algebra(b);
        Value l = b.project(self, 0);
        Value product = m.times(l, true, m.lower(b.project(gradients, 0)), false);
        Value half = m.minus(m.lower(product), b.times(m.onDiagonal(product), 0.5));
        TriangularSolveFunction solve = new TriangularSolveFunction(true, true);
        Value left = m.call(solve, l, half).getFirst();
        return m.symmetric(m.call(solve, l, m.transpose(left)).getFirst());
    }
}
