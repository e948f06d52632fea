package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;

/** The X of {@code T X = B}, of a matrix T whose diagonals above, on and below the main one are rows of the operand. */
record TridiagonalSolveFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "tridiagonal_solve";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2, 2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        MatrixFunction.same("the number of diagonals and 3", operands.getFirst().get(0), Dim.of(3));
        Dim n = operands.getFirst().get(1);
        MatrixFunction.same("the length of the diagonals and of the right-hand sides", n, operands.get(1).get(0));
        return List.of(Part.of(n, operands.get(1).get(1)));
    }

    @Override
    public boolean isDefined(List<Dense> operands) {
        Dense diagonals = operands.getFirst();
        int last = diagonals.columns() - 1;
        for (int i = 0; i <= last; i++) {
            if (!Double.isFinite(diagonals.get(1, i)) || i < last && !Double.isFinite(diagonals.get(0, i))
                    || i > 0 && !Double.isFinite(diagonals.get(2, i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense diagonals = operands.getFirst();
        Dense x = operands.get(1);
        if (!x.isEmpty()) {
            double[][] rows = new double[3][x.rows()];
            for (int i = 0; i < x.rows(); i++) {
                rows[0][i] = diagonals.get(0, i);
                rows[1][i] = diagonals.get(1, i);
                rows[2][i] = i + 1 < x.rows() ? diagonals.get(2, i + 1) : 0;
            }
            Lapack.tridiagonalSolve(rows[2], rows[1], rows[0], x);
        }
        return List.of(x);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            Algebra m = new Algebra(b);
            Value x = b.project(self, 0);
            Value ofB = m.call(this, m.transposedDiagonals(self.operand(0)), b.project(gradient, 0)).getFirst();
            Dim n = Algebra.dim(x, -2);
            Value none = b.full(x.dtype(), Algebra.shape(x, Dim.ONE, Algebra.dim(x, -1)), 0);
            Value next = m.part(m.above(x, none), Dim.ONE, n.plus(1), Dim.ZERO, Algebra.dim(x, -1));
            Value before = m.part(m.above(none, x), Dim.ZERO, n, Dim.ZERO, Algebra.dim(x, -1));
            Value ofDiagonals = m.rows(List.of(next, x, before).stream()
                    .map(other -> b.negate(b.reduceSum(b.times(ofB, other), List.of(x.rank() - 1)))).toList());
            return List.of(Optional.of(ofDiagonals), Optional.of(ofB));
        });
    }
}
