package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;

/**
 * The X of {@code A X = B}, or of {@code A' X = B}.
 *
 * @param adjoint whether A is transposed
 */
record SolveFunction(boolean adjoint) implements MatrixFunction {
    @Override
    public String name() {
        return "solve";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2, 2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim n = MatrixFunction.square(operands.getFirst());
        MatrixFunction.same("the rows of the matrix and of the right-hand sides", n, operands.get(1).get(0));
        return List.of(Part.of(n, operands.get(1).get(1)));
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense x = operands.get(1);
        if (!operands.getFirst().isEmpty()) {
            Lapack.solve(operands.getFirst(), adjoint, x);
        }
        return List.of(x);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            Algebra m = new Algebra(b);
            Value x = b.project(self, 0);
            Value ofB = m.call(new SolveFunction(!adjoint), self.operand(0), b.project(gradient, 0)).getFirst();
            Value ofA = b.negate(adjoint ? m.times(x, false, ofB, true) : m.times(ofB, false, x, true));
            return List.of(Optional.of(ofA), Optional.of(ofB));
        });
    }
}
