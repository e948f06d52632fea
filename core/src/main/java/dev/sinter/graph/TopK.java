package dev.sinter.graph;

import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.equal;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.isNan;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.logicalNot;
import static dev.sinter.graph.Ops.logicalOr;
import static dev.sinter.graph.Ops.range;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceMin;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zeros;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The greatest elements along the last axis, in falling order.
 *
 * @param values  the elements {@code [..., k]}
 * @param indices where they are, {@code int32[..., k]}
 */
public record TopK(Tensor values, Tensor indices) {
    static TopK of(Operand given, long k) {
        Tensor x = given instanceof Tensor tensor ? tensor : Ops.identity(given);
        int last = x.rank() - 1;
        if (last < 0 || x.dtype() == DType.BOOL) {
            throw new GraphException("top_k: numbers along an axis are needed, not " + x + "\n  at " + Place.here());
        }
        if (k < 0 || x.dim(last).isConstant() && x.dim(last).constant() < k) {
            throw new GraphException("top_k: there are no " + k + " greatest elements along the last axis of " + x
                    + "; k is 0 to its size\n  at " + Place.here());
        }
        Tensor positions = x.graph().tensor(range(DType.INT64, x.dim(last)));
        Tensor turns = Composer.tensor("top_k", c -> Shaping.slice(c, c.in(0), new long[] {0}, new long[] {k}),
                positions);
        ScanResult scan = Control.scan(List.of(zeros(DType.BOOL, x.shape())), List.of(turns),
                each -> next(x, positions, each.carry(0)));
        Tensor stacked = scan.output(0);
        int[] order = IntStream.range(0, stacked.rank()).map(axis -> axis == last ? 0 : axis + 1).toArray();
        Tensor indices = transpose(stacked, order);
        return new TopK(gather(x, indices, last, last), cast(indices, DType.INT32));
    }

    /** The index of the greatest element that is not taken yet, the first of equals; NaN is greater than all others. */
    private static Step next(Tensor x, Tensor positions, Tensor taken) {
        int last = x.rank() - 1;
        Tensor left = where(taken, fill(x.dtype(), Shape.SCALAR, x.dtype().lowest()), x);
        Tensor best = expandDims(reduceMax(left, last), last);
        Tensor isBest = x.dtype().isFloat() ? logicalOr(equal(left, best), isNan(left)) : equal(left, best);
        Tensor each = broadcastTo(positions, x.shape());
        Tensor index = reduceMin(where(logicalAnd(isBest, logicalNot(taken)), each,
                constant(Long.MAX_VALUE)), last);
        return Step.carry(logicalOr(taken, equal(each, expandDims(index, last)))).output(index);
    }
}
