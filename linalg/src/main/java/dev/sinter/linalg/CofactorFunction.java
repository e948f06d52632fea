package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import java.util.List;

/**
 * The matrix of cofactors: the determinant times the transpose of the inverse where there is one, and what that tends
 * to elsewhere. Its own gradient exists for invertible matrices.
 */
record CofactorFunction() implements SquareFunction {
    @Override
    public String name() {
        return "cofactors";
    }

    @Override
    public Dense of(Dense a) throws Unsuited {
        Dense factors = a.copy();
        int[] pivots = Lapack.lu(factors);
        double least = Double.POSITIVE_INFINITY;
        double greatest = 0;
        double determinant = DeterminantFunction.sign(pivots);
        for (int i = 0; i < a.rows(); i++) {
            double pivot = factors.get(i, i);
            least = Math.min(least, Math.abs(pivot));
            greatest = Math.max(greatest, Math.abs(pivot));
            determinant *= pivot;
        }
        if (least <= a.rows() * 16 * Lapack.EPSILON * greatest || Math.abs(determinant) < Double.MIN_NORMAL) {
            return ofSingular(a);
        }
        Lapack.inverse(factors, pivots);
        return factors.transposed().times(determinant);
    }

    /** From the singular values, each in the products of the others. */
    private static Dense ofSingular(Dense a) throws Unsuited {
        Dense[] factors = Lapack.svd(a, false);
        double[] s = factors[0].values();
        Dense u = factors[1];
        double orientation = Math.signum(DeterminantFunction.of(u.copy()) * DeterminantFunction.of(factors[2].copy()));
        for (int column = 0; column < s.length; column++) {
            double product = orientation;
            for (int other = 0; other < s.length; other++) {
                product *= other == column ? 1 : s[other];
            }
            for (int row = 0; row < s.length; row++) {
                u.set(row, column, u.get(row, column) * product);
            }
        }
        return u.times(factors[2].transposed());
    }

    @Override
    public Derivative derivative() {
        return Derivative.of(CofactorFunction::gradient);
    }

    /** C is the product of the determinant with the transpose T of the inverse: {@code <H, T> C - C H' T}. */
    private static Value gradient(Builder b, Value self, Value gradients) {
        Algebra m = new Algebra(b);
        Value c = b.project(self, 0);
        Value gradient = b.project(gradients, 0);
        Value t = m.transpose(m.call(new InverseFunction(), self.operand(0)).getFirst());
        Value inner = b.reduceSum(b.times(gradient, t), List.of(c.rank() - 2, c.rank() - 1));
        return m.minus(b.times(c, m.everywhere(inner, c.shape())), m.times(m.times(c, false, gradient, true), t));
    }
}
