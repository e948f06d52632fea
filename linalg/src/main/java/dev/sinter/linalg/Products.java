package dev.sinter.linalg;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.linalg.LinearOperator.Hint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Products of two operators, as one structure where there is one for them. */
final class Products {
    private Products() {}

    /** The product of two operators, of which the right one acts first. */
    static LinearOperator of(LinearOperator left, LinearOperator right) {
        OperatorParts.requireAlike(left, right);
        OperatorParts.requireProduct(left, right);
        List<LinearOperator> both = List.of(left, right);
        return switch (left) {
            case IdentityOperator _ when hasWholeBatch(both, right) -> right;
            case LinearOperator _ when right instanceof IdentityOperator && hasWholeBatch(both, left) -> left;
            case ZerosOperator _ -> zeros(both);
            case LinearOperator _ when right instanceof ZerosOperator -> zeros(both);
            case ScaledIdentityOperator x when right instanceof ScaledIdentityOperator y ->
                new ScaledIdentityOperator(x.multiplier().times(y.multiplier()), x.domainDimension(), commuting(both));
            case DiagOperator x when right instanceof DiagOperator y ->
                new DiagOperator(x.entries().times(y.entries()), commuting(both));
            case DiagOperator x when right instanceof ScaledIdentityOperator y -> scaled(x, y);
            case ScaledIdentityOperator x when right instanceof DiagOperator y -> scaled(y, x);
            case DiagOperator x when right instanceof LowerTriangularOperator y ->
                triangular(y.dense().times(OperatorParts.column(x.entries())), both);
            case LowerTriangularOperator x when right instanceof DiagOperator y ->
                triangular(x.dense().times(Ops.expandDims(y.entries(), -2)), both);
            case BlockDiagOperator x when right instanceof BlockDiagOperator y && x.meets(y) -> x.times(y);
            case CirculantOperator x when right instanceof CirculantOperator y && x.meets(y) -> x.times(y);
            default -> {
                List<LinearOperator> factors = new ArrayList<>();
                both.forEach(each -> {
                    if (each instanceof CompositionOperator product) {
                        factors.addAll(product.factors());
                    } else {
                        factors.add(each);
                    }
                });
                yield CompositionOperator.of(List.copyOf(factors), Set.of());
            }
        };
    }

    /** Whether an operator has the leading axes of a product. */
    private static boolean hasWholeBatch(List<LinearOperator> both, LinearOperator one) {
        return OperatorParts.leading(both).equals(one.leading());
    }

    private static LinearOperator zeros(List<LinearOperator> both) {
        LinearOperator left = both.getFirst();
        return new ZerosOperator(left.graph(), left.dtype(), OperatorParts.shape(OperatorParts.leading(both),
                left.rangeDimension(), both.getLast().domainDimension()));
    }

    private static LinearOperator scaled(DiagOperator x, ScaledIdentityOperator y) {
        return new DiagOperator(x.entries().times(OperatorParts.column(y.multiplier())), commuting(List.of(x, y)));
    }

    private static LinearOperator triangular(Tensor matrix, List<LinearOperator> both) {
        return new LowerTriangularOperator(matrix, OperatorParts.common(both, Hint.NON_SINGULAR));
    }

    /** What both have, since the order of their product is of no matter. */
    private static Set<Hint> commuting(List<LinearOperator> both) {
        return OperatorParts.common(both, Hint.NON_SINGULAR, Hint.SELF_ADJOINT, Hint.POSITIVE_DEFINITE);
    }
}
