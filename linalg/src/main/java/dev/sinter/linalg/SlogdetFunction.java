package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;

/** The sign of the determinant and the logarithm of its magnitude: 0 and negative infinity of a singular matrix. */
record SlogdetFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "slogdet";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        MatrixFunction.square(operands.getFirst());
        return List.of(Part.of(), Part.of());
    }

    @Override
    public List<Dense> of(List<Dense> operands) {
        Dense a = operands.getFirst();
        double sign = a.isEmpty() ? 1 : DeterminantFunction.sign(Lapack.lu(a));
        double sum = 0;
        for (int i = 0; i < a.rows(); i++) {
            sign *= Math.signum(a.get(i, i));
            sum += Math.log(Math.abs(a.get(i, i)));
        }
        return List.of(Dense.vector(sign), Dense.vector(sum));
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> {
            Algebra m = new Algebra(b);
            Value inverse = m.call(new InverseFunction(), self.operand(0)).getFirst();
            return b.times(m.transpose(inverse), m.everywhere(b.project(gradient, 1), inverse.shape()));
        });
    }
}
