package dev.sinter.linalg;

import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;

/** The factors of {@code A = Z T Z'}: Z is orthogonal, T upper triangular but for blocks of two for complex pairs. */
record SchurFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "schur";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim n = MatrixFunction.square(operands.getFirst());
        return List.of(Part.of(n, n), Part.of(n, n));
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense a = operands.getFirst();
        if (a.isEmpty()) {
            return List.of(a, a);
        }
        Lapack.SchurForm form = Lapack.schur(a);
        return List.of(form.t(), form.z());
    }

    @Override
    public Derivative derivative() {
        return new Derivative.NotDifferentiable("the Schur form of a matrix is not unique");
    }
}
