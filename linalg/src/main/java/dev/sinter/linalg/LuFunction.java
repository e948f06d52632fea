package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The factors of {@code A[p] = L U} in one matrix, and p: L has ones on its diagonal and lies below it. The gradient
 * treats the four blocks that the lesser size cuts a matrix into, of which one or more are empty; it needs a U without
 * zeros on its diagonal.
 */
record LuFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "lu";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim rows = operands.getFirst().get(0);
        return List.of(Part.of(rows, operands.getFirst().get(1)), new Part(List.of(rows), true));
    }

    @Override
    public List<Dense> of(List<Dense> operands) {
        Dense a = operands.getFirst();
        int[] pivots = a.isEmpty() ? new int[0] : Lapack.lu(a);
        return List.of(a, Dense.vector(IntStream.of(Lapack.permutation(pivots, a.rows())).asDoubleStream().toArray()));
    }

    @Override
    public Derivative derivative() {
        return Derivative.of(LuFunction::gradient);
    }

    private static Value gradient(Builder b, Value self, Value gradients) {
        Algebra m = new Algebra(b);
        Value lu = b.project(self, 0);
        Value gradient = b.project(gradients, 0);
        Dim rows = Algebra.dim(lu, -2);
        Dim columns = Algebra.dim(lu, -1);
        Dim k = rows.min(columns);
        Value square = m.part(lu, Dim.ZERO, k, Dim.ZERO, k);
        Value l = m.plus(m.below(square), m.identityLike(square));
        Value u = m.upper(square);
        Value gradientL = m.part(gradient, Dim.ZERO, k, Dim.ZERO, k);
        Value gradientU = gradientL;
        MatrixFunction byU = new TriangularSolveFunction(false, false);
        MatrixFunction byL = new TriangularSolveFunction(true, true);
        Value bottom = m.part(lu, k, rows, Dim.ZERO, k);
        Value left = m.transpose(m.call(byU, u, m.transpose(m.part(gradient, k, rows, Dim.ZERO, k))).getFirst());
        gradientU = m.minus(gradientU, m.times(bottom, true, left, false));
        Value right = m.part(lu, Dim.ZERO, k, k, columns);
        Value top = m.call(byL, l, m.part(gradient, Dim.ZERO, k, k, columns)).getFirst();
        gradientL = m.minus(gradientL, m.times(top, false, right, true));
        Value middle = m.plus(m.below(m.times(l, true, m.below(gradientL), false)),
                m.upper(m.times(m.upper(gradientU), false, u, true)));
        Value corner = m.transpose(m.call(byU, u, m.transpose(m.call(byL, l, middle).getFirst())).getFirst());
        Value none = b.full(lu.dtype(), Algebra.shape(lu, rows.minus(k), columns.minus(k)), 0);
        Value permuted = m.above(m.beside(corner, top), m.beside(left, none));
        return m.times(m.permutation(b.project(self, 1), lu.dtype()), true, permuted, false);
    }
}
