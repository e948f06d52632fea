package dev.sinter.linalg;

import dev.sinter.op.Derivative;

/** The principal logarithm of a matrix: the one whose eigenvalues have imaginary parts between -pi and pi. */
record LogarithmFunction() implements SquareFunction {
    @Override
    public String name() {
        return "logm";
    }

    @Override
    public Dense of(Dense a) throws Unsuited {
        Lapack.SchurForm form = Lapack.schur(a);
        Dense inner = QuasiTriangular.logarithm(form.t());
        return form.z().times(inner).times(form.z().transposed());
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) ->
                new Algebra(b).frechet(this, self.operand(0), b.project(gradient, 0)));
    }
}
