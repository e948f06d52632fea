package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * The factors of {@code A = U diag(s) V'}: singular values in decreasing order, and orthonormal columns of which each
 * of U has a positive element where its magnitude is greatest. In the gradient, terms with the reciprocal of a singular
 * value that is 0, or of the difference of two that are equal, are left out: what depends on the choice of vectors has
 * no derivative there.
 *
 * @param vectors which columns of U and V
 */
record SvdFunction(Vectors vectors) implements MatrixFunction {
    /** How many singular vectors. */
    enum Vectors { NONE, REDUCED, FULL }

    @Override
    public String name() {
        return "svd";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim rows = operands.getFirst().get(0);
        Dim columns = operands.getFirst().get(1);
        Dim k = rows.min(columns);
        return switch (vectors) {
            case NONE -> List.of(Part.of(k));
            case REDUCED -> List.of(Part.of(k), Part.of(rows, k), Part.of(columns, k));
            case FULL -> List.of(Part.of(k), Part.of(rows, rows), Part.of(columns, columns));
        };
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense a = operands.getFirst();
        boolean full = vectors == Vectors.FULL;
        if (a.isEmpty()) {
            return vectors == Vectors.NONE ? List.of(Dense.zeros(0, 1)) : List.of(Dense.zeros(0, 1),
                    full ? Dense.identity(a.rows()) : Dense.zeros(a.rows(), 0),
                    full ? Dense.identity(a.columns()) : Dense.zeros(a.columns(), 0));
        }
        if (vectors == Vectors.NONE) {
            return List.of(Lapack.singularValues(a));
        }
        Dense[] factors = Lapack.svd(a, full);
        Dense u = factors[1];
        Dense v = factors[2];
        for (int column = 0; column < Math.max(u.columns(), v.columns()); column++) {
            Dense decisive = column < u.columns() ? u : v;
            if (decisive.get(decisive.peak(column), column) < 0) {
                if (column < u.columns()) {
                    u.negateColumn(column);
                }
                if (column < v.columns()) {
                    v.negateColumn(column);
                }
            }
        }
        return List.of(factors);
    }

    @Override
    public Derivative derivative() {
        return Derivative.of(vectors == Vectors.NONE ? SvdFunction::ofValues : this::gradient);
    }

    private static Value ofValues(Builder b, Value self, Value gradients) {
        Algebra m = new Algebra(b);
        List<Value> factors = m.call(new SvdFunction(Vectors.REDUCED), self.operand(0));
        return m.times(m.scaledColumns(factors.get(1), b.project(gradients, 0)), false, factors.get(2), true);
    }

    private Value gradient(Builder b, Value self, Value gradients) {
        Algebra m = new Algebra(b);
        Value s = b.project(self, 0);
        Value u = b.project(self, 1);
        Value v = b.project(self, 2);
        Dim rows = Algebra.dim(u, -2);
        Dim columns = Algebra.dim(v, -2);
        if (vectors == Vectors.FULL && !rows.equals(columns)) {
            throw new GraphException("svd: no gradient exists of a full decomposition of matrices that are not square,"
                    + " whose last vectors are any that fit; take the reduced one");
        }
        Dim k = Algebra.dim(s, -1);
        Value gradientU = b.project(gradients, 1);
        Value gradientV = b.project(gradients, 2);
        Value differences = m.reciprocalDifferences(b.times(s, s));
        Value ofU = b.times(m.skew(m.times(u, true, gradientU, false)), differences);
        Value ofV = b.times(m.skew(m.times(v, true, gradientV, false)), differences);
        Value middle = m.plus(m.plus(m.scaledColumns(ofU, s), m.scaledRows(ofV, s)),
                m.ofDiagonal(b.project(gradients, 0)));
        Value inverse = m.reciprocal(s);
        Value result = m.times(m.times(u, middle), false, v, true);
        if (!rows.equals(k)) {
            Value outside = m.minus(gradientU, m.times(u, m.times(u, true, gradientU, false)));
            result = m.plus(result, m.times(m.scaledColumns(outside, inverse), false, v, true));
        }
        if (!columns.equals(k)) {
            Value outside = m.minus(gradientV, m.times(v, m.times(v, true, gradientV, false)));
            result = m.plus(result, m.times(u, false, m.scaledColumns(outside, inverse), true));
        }
        return result;
    }
}
