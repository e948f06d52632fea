package dev.sinter.linalg;

import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;

/** The X of {@code A X + X B = C}. */
record SylvesterFunction() implements MatrixFunction {
    @Override
    public String name() {
        return "sylvester";
    }

    @Override
    public List<Integer> ranks() {
        return List.of(2, 2, 2);
    }

    @Override
    public List<Part> parts(List<List<Dim>> operands) {
        Dim rows = MatrixFunction.square(operands.get(0));
        Dim columns = MatrixFunction.square(operands.get(1));
        MatrixFunction.same("the rows of the first matrix and of the right-hand side", rows, operands.get(2).get(0));
        MatrixFunction.same("the columns of the second matrix and of the right-hand side", columns,
                operands.get(2).get(1));
        return List.of(Part.of(rows, columns));
    }

    @Override
    public boolean isDefined(List<Dense> operands) {
        return operands.stream().allMatch(Dense::isFinite);
    }

    @Override
    public List<Dense> of(List<Dense> operands) throws Unsuited {
        Dense c = operands.get(2);
        if (c.isEmpty()) {
            return List.of(c);
        }
        Lapack.SchurForm a = Lapack.schur(operands.get(0));
        Lapack.SchurForm b = Lapack.schur(operands.get(1));
        Dense y = a.z().transposed().times(c).times(b.z());
        Lapack.sylvester(a.t(), b.t(), y);
        return List.of(a.z().times(y).times(b.z().transposed()));
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> {
            Algebra m = new Algebra(b);
            Value x = b.project(self, 0);
            Value y = m.call(this, m.transpose(self.operand(0)), m.transpose(self.operand(1)),
                    b.project(gradient, 0)).getFirst();
            return List.of(Optional.of(b.negate(m.times(y, false, x, true))),
                    Optional.of(b.negate(m.times(x, true, y, false))), Optional.of(y));
        });
    }
}
