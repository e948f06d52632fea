package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;

/** The principal square root of a matrix: the one whose eigenvalues have no negative real part. */
record SquareRootFunction() implements SquareFunction {
    @Override
    public String name() {
        return "sqrtm";
    }

    @Override
    public Dense of(Dense a) throws Unsuited {
        Lapack.SchurForm form = Lapack.schur(a);
        Dense inner = QuasiTriangular.squareRoot(form.t());
        return form.z().times(inner).times(form.z().transposed());
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> {
            Algebra m = new Algebra(b);
            Value root = m.transpose(b.project(self, 0));
            return m.call(new SylvesterFunction(), root, root, b.project(gradient, 0)).getFirst();
        });
    }
}
