package dev.sinter.linalg;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Matrices of zeros. */
final class ZerosOperator extends LinearOperator {
    ZerosOperator(Graph graph, DType dtype, Shape shape) {
        super(graph, dtype, shape, shape.dim(shape.rank() - 1).equals(shape.dim(shape.rank() - 2))
                ? Set.of(Hint.SELF_ADJOINT) : Set.of());
        OperatorParts.requireFloat(dtype);
    }

    private Tensor zeros(Shape of) {
        return graph().tensor(Ops.zeros(dtype(), of));
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        List<Dim> dims = new ArrayList<>(Operands.leading(leading(), x.shape().dims().subList(0, x.rank() - 2)));
        dims.addAll(List.of(adjoint ? domainDimension() : rangeDimension(), x.dim(-1)));
        return zeros(new Shape(dims));
    }

    @Override
    void requireInverse() {
        throw new GraphException("zeros have no inverse");
    }

    @Override
    Tensor det() {
        return domainDimension().isConstant(0) ? each(1) : each(0);
    }

    @Override
    Tensor logAbsDet() {
        return domainDimension().isConstant(0) ? each(0) : each(Double.NEGATIVE_INFINITY);
    }

    @Override
    Tensor sumOfDiagonal() {
        return each(0);
    }

    @Override
    Tensor diagonal() {
        return zeros(OperatorParts.shape(leading(), domainDimension().min(rangeDimension())));
    }

    @Override
    Tensor dense() {
        return zeros(shape());
    }

    @Override
    Tensor plus(Tensor x) {
        return OperatorParts.spreadOver(leading(), x);
    }

    @Override
    LinearOperator transposed() {
        return new ZerosOperator(graph(), dtype(),
                OperatorParts.shape(leading(), domainDimension(), rangeDimension()));
    }

    @Override
    Tensor eigenvalues() {
        return diagonal();
    }

    /** The quotient of zeros. */
    @Override
    Tensor condition() {
        return each(Double.NaN);
    }

    @Override
    String structure() {
        return "zeros";
    }
}
