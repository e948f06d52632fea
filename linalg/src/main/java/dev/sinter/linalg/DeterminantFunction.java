package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;

/** The determinant. Its gradient is made of cofactors, so that it exists for singular matrices too. */
record DeterminantFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "det";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        MatrixFunction.square(operands.getFirst());
        return List.of(Part.of());
    }

    @Override
    public List<Dense> of(List<Dense> operands) {
        return List.of(Dense.vector(of(operands.getFirst())));
    }

    /** The determinant of a matrix, in whose place its factors come. */
    static double of(Dense a) {
        double product = a.isEmpty() ? 1 : sign(Lapack.lu(a));
        for (int i = 0; i < a.rows(); i++) {
            product *= a.get(i, i);
        }
        return product;
    }

    /** -1 where there is an odd number of exchanges. */
    static double sign(int[] pivots) {
        double sign = 1;
        for (int i = 0; i < pivots.length; i++) {
            sign = pivots[i] == i + 1 ? sign : -sign;
        }
        return sign;
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> {
            Algebra m = new Algebra(b);
            Value cofactors = m.call(new CofactorFunction(), self.operand(0)).getFirst();
            return b.times(cofactors, m.everywhere(b.project(gradient, 0), cofactors.shape()));
        });
    }
}
