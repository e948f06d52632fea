package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;

/** The inverse of a matrix. */
record InverseFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "inv";
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
        if (!a.isEmpty()) {
            int[] pivots = Lapack.lu(a);
            if (Lapack.isSingular(a)) {
                throw new Unsuited("is not invertible");
            }
            Lapack.inverse(a, pivots);
        }
        return List.of(a);
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> {
            Algebra m = new Algebra(b);
            Value inverse = b.project(self, 0);
            return b.negate(m.times(m.times(inverse, true, b.project(gradient, 0), false), false, inverse, true));
        });
    }
}
