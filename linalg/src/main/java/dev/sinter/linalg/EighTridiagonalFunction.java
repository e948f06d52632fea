package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;

/**
 * The eigenvalues, in increasing order, and eigenvectors of a symmetric tridiagonal matrix, given by its diagonal and
 * the one beside it; vectors and gradients as of {@link EighFunction}.
 *
 * @param vectors whether there are eigenvectors
 */
record EighTridiagonalFunction(boolean vectors) implements MatrixFunction {
    @Override
    public String name() {
        return "eigh_tridiagonal";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(1, 1);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim n = operands.getFirst().get(0);
        MatrixFunction.same("the length of the diagonal and that of the other one plus 1", n,
                operands.get(1).get(0).plus(1));
        return vectors ? List.of(Part.of(n), Part.of(n, n)) : List.of(Part.of(n));
    }

    @Override
    public boolean isDefined(List<Dense> operands) {
        return operands.getFirst().isFinite() && operands.get(1).isFinite();
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense diagonal = operands.getFirst();
        if (diagonal.isEmpty()) {
            return vectors ? List.of(diagonal, Dense.zeros(0, 0)) : List.of(diagonal);
        }
        Dense z = Lapack.tridiagonalEigen(diagonal.values(), operands.get(1).values(), vectors);
        if (!vectors) {
            return List.of(diagonal);
        }
        EighFunction.turn(z);
        return List.of(diagonal, z);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradients) -> {
            Algebra m = new Algebra(b);
            List<Value> results = vectors ? List.of(b.project(self, 0), b.project(self, 1))
                    : m.call(new EighTridiagonalFunction(true), self.operand(0), self.operand(1));
            Value z = results.get(1);
            Value full = EighFunction.full(m, results.getFirst(), z, b.project(gradients, 0),
                    vectors ? b.project(gradients, 1) : b.zerosLike(z));
            Dim n = Algebra.dim(full, -1);
            Dim less = Algebra.dim(self.operand(1), -1);
            Value both = m.plus(full, m.transpose(full));
            Value below = m.part(both, Dim.ONE, n, Dim.ZERO, less);
            return List.of(Optional.of(m.diagonal(full)), Optional.of(m.diagonal(below)));
        });
    }
}
