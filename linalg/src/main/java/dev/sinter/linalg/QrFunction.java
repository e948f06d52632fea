package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * The factors of {@code A = Q R}: Q has orthonormal columns, R is upper triangular and has no negative element on its
 * diagonal. The gradient needs an R without zeros there (Walter and Lehmann, Algorithmic differentiation of linear
 * algebra functions, 2018).
 *
 * @param full whether Q is square
 */
record QrFunction(boolean full) implements MatrixFunction {
    @Override
    public String name() {
        return "qr";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim rows = operands.getFirst().get(0);
        Dim columns = operands.getFirst().get(1);
        Dim inner = full ? rows : rows.min(columns);
        return List.of(Part.of(rows, inner), Part.of(inner, columns));
    }

    @Override
    public List<Dense> of(List<Dense> operands) {
        Dense a = operands.getFirst();
        int k = full ? a.rows() : Math.min(a.rows(), a.columns());
        if (a.isEmpty()) {
            return List.of(full ? Dense.identity(k) : Dense.zeros(a.rows(), k),
                    Dense.zeros(k, a.columns()));
        }
        Dense[] factors = Lapack.qr(a, k);
        Dense r = factors[1];
        for (int i = 0; i < Math.min(a.rows(), a.columns()); i++) {
            if (r.get(i, i) < 0) {
                factors[0].negateColumn(i);
                for (int column = i; column < r.columns(); column++) {
                    r.set(i, column, -r.get(i, column));
                }
            }
        }
        return List.of(factors);
    }

    @Override
    public Derivative derivative() {
        return Derivative.of(this::gradient);
    }

    private Value gradient(Builder b, Value self, Value gradients) {
        Algebra m = new Algebra(b);
        Value q = b.project(self, 0);
        Value r = b.project(self, 1);
        Dim columns = Algebra.dim(r, -1);
        Dim k = Algebra.dim(q, -1);
        if (full && !columns.minus(k).isNeverNegative()) {
            throw new GraphException("qr: no gradient exists of a full decomposition of matrices with more rows than"
                    + " columns, whose last columns of Q are any that fit; take the reduced one");
        }
        Value gradientR = b.project(gradients, 1);
        Value square = m.part(r, Dim.ZERO, k, Dim.ZERO, k);
        Value rest = m.part(r, Dim.ZERO, k, k, columns);
        Value restGradient = m.part(gradientR, Dim.ZERO, k, k, columns);
        Value ofRest = m.times(q, restGradient);
        Value gradientQ = m.plus(b.project(gradients, 0), m.times(m.times(q, rest), false, restGradient, true));
        Value ofSquare = m.upper(m.part(gradientR, Dim.ZERO, k, Dim.ZERO, k));
        Value middle = m.minus(m.times(square, false, ofSquare, true), m.times(gradientQ, true, q, false));
        Value copied = m.plus(m.lower(middle), m.transpose(m.below(middle)));
        Value sum = m.plus(gradientQ, m.times(q, copied));
        Value first = m.transpose(m.call(new TriangularSolveFunction(false, false), square, m.transpose(sum))
                .getFirst());
        return m.beside(first, ofRest);
    }
}
