package dev.sinter.linalg;

import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;

/** The principal logarithm of a matrix: the one whose eigenvalues have imaginary parts between -pi and pi. */
record LogarithmFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "logm";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim n = MatrixFunction.square(operands.getFirst());
        return List.of(Part.of(n, n));
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense a = operands.getFirst();
        if (a.isEmpty()) {
            return List.of(a);
        }
        Lapack.SchurForm form = Lapack.schur(a);
        Dense inner = QuasiTriangular.logarithm(form.t());
        return List.of(form.z().times(inner).times(form.z().transposed()));
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) ->
                new Algebra(b).frechet(this, self.operand(0), b.project(gradient, 0)));
    }
}
