package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.List;

/**
 * The Moore-Penrose inverse: of singular values up to a part of the greatest, the reciprocal counts as 0. The gradient
 * is that of matrices of constant rank (Golub and Pereyra, The differentiation of pseudo-inverses, 1973).
 *
 * @param relative that part, or a summand of it
 * @param perSize  times the greater size, the other summand
 */
record PseudoInverseFunction(double relative, double perSize) implements MatrixFunction {
    /** That of matrices of a dtype as it rounds; no others than floats are accepted. */
    static PseudoInverseFunction of(DType dtype) {
        return new PseudoInverseFunction(0, dtype.isFloat() ? 10 * dtype.epsilon() : 0);
    }

    @Override
    public String name() {
        return "pinv";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        return List.of(Part.of(operands.getFirst().get(1), operands.getFirst().get(0)));
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense a = operands.getFirst();
        if (a.isEmpty()) {
            return List.of(a.transposed());
        }
        Dense[] factors = Lapack.svd(a, false);
        double[] s = factors[0].values();
        Dense v = factors[2];
        double least = (relative + perSize * Math.max(a.rows(), a.columns())) * s[0];
        for (int column = 0; column < s.length; column++) {
            double factor = s[column] > least ? 1 / s[column] : 0;
            for (int row = 0; row < v.rows(); row++) {
                v.set(row, column, v.get(row, column) * factor);
            }
        }
        return List.of(v.times(factors[1].transposed()));
    }

    @Override
    public Derivative derivative() {
        return Derivative.of(PseudoInverseFunction::gradient);
    }

    private static Value gradient(Builder b, Value self, Value gradients) {
        Algebra m = new Algebra(b);
        Value a = self.operand(0);
        Value p = b.project(self, 0);
        Value g = b.project(gradients, 0);
        Value direct = m.times(m.times(p, true, g, false), false, p, true);
        Value left = m.times(m.times(g, true, p, false), false, p, true);
        Value right = m.times(m.times(p, true, p, false), false, g, true);
        Value outsideLeft = m.minus(left, m.times(a, m.times(p, left)));
        Value outsideRight = m.minus(right, m.times(m.times(right, p), a));
        return m.minus(m.plus(outsideLeft, outsideRight), direct);
    }
}
