package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;

/**
 * The eigenvalues, in increasing order, and orthonormal eigenvectors, as columns, of a symmetric matrix whose lower
 * triangle is read. Each vector has a positive element where its magnitude is greatest. The gradient flows to the lower
 * triangle; terms with the reciprocal of the difference of two eigenvalues that are equal are left out of it.
 *
 * @param vectors whether there are eigenvectors
 */
record EighFunction(boolean vectors) implements MatrixFunction {
    @Override
    public String name() {
        return "eigh";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim n = MatrixFunction.square(operands.getFirst());
        return vectors ? List.of(Part.of(n), Part.of(n, n)) : List.of(Part.of(n));
    }

    @Override
    public boolean isDefined(List<Dense> operands) {
        return operands.getFirst().lower().isFinite();
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense a = operands.getFirst();
        Dense values = a.isEmpty() ? Dense.zeros(0, 1) : Lapack.symmetricEigen(a, vectors);
        if (!vectors) {
            return List.of(values);
        }
        turn(a);
        return List.of(values, a);
    }

    /** Turns vectors so that the greatest element of each is positive. */
    static void turn(Dense vectors) {
        for (int column = 0; column < vectors.columns(); column++) {
            if (vectors.get(vectors.peak(column), column) < 0) {
                vectors.negateColumn(column);
            }
        }
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradients) -> {
            Algebra m = new Algebra(b);
            Value gradient = vectors ? full(m, b.project(self, 0), b.project(self, 1), b.project(gradients, 0),
                    b.project(gradients, 1)) : ofValues(m, self.operand(0), b.project(gradients, 0));
            Value both = m.plus(gradient, m.transpose(gradient));
            return m.plus(m.below(both), m.onDiagonal(gradient));
        });
    }

    private static Value ofValues(Algebra m, Value a, Value gradient) {
        Value vectors = m.call(new EighFunction(true), a).get(1);
        return m.times(m.scaledColumns(vectors, gradient), false, vectors, true);
    }

    /** The gradient as that of a matrix whose elements are independent. */
    static Value full(Algebra m, Value values, Value vectors, Value ofValues, Value ofVectors) {
        Value turned = m.b().times(m.times(vectors, true, ofVectors, false), m.reciprocalDifferences(values));
        Value middle = m.plus(turned, m.ofDiagonal(ofValues));
        return m.times(m.times(vectors, middle), false, vectors, true);
    }
}
