package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;

/** The principal square root of a matrix: the one whose eigenvalues have no negative real part. */
record SquareRootFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "sqrtm";
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
        Dense inner = QuasiTriangular.squareRoot(form.t());
        return List.of(form.z().times(inner).times(form.z().transposed()));
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
