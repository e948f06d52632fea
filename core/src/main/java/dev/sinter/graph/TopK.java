package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.OptionalLong;

/**
 * The greatest elements along the last axis, in falling order.
 *
 * @param values  the elements {@code [..., k]}
 * @param indices where they are, {@code int32[..., k]}
 */
public record TopK(Tensor values, Tensor indices) {
    static TopK of(Operand given, long k) {
        Tensor x = Composite.placed("top_k", given);
        int last = x.rank() - 1;
        if (last < 0 || x.dtype() == DType.BOOL) {
            throw new GraphException("top_k: numbers along an axis are needed, not " + x + "\n  at " + Place.here());
        }
        if (k < 0 || x.dim(last).isConstant() && x.dim(last).constant() < k) {
            throw new GraphException("top_k: there are no " + k + " greatest elements along the last axis of " + x
                    + "; k is 0 to its size\n  at " + Place.here());
        }
        Tensor indices = Composer.tensor("top_k", c -> Sorting.order(c, c.in(0), SortDirection.DESCENDING,
                OptionalLong.of(k)), x);
        return new TopK(Composer.tensor("top_k", c -> Indexed.read(c, c.in(0), c.in(1), last, last), x, indices),
                cast(indices, DType.INT32));
    }
}
