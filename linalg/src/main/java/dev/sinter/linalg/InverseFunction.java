package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;

/** The inverse of a matrix. */
record InverseFunction() implements SquareFunction {
    @Override
    public String name() {
        return "inv";
    }

    @Override
    public Dense of(Dense a) throws Unsuited {
        int[] pivots = Lapack.lu(a);
        if (Lapack.isSingular(a)) {
            throw new Unsuited("is not invertible");
        }
        Lapack.inverse(a, pivots);
        return a;
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
