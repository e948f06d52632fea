package dev.sinter.graph;

import dev.sinter.graph.Nn.AttentionOptions;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/** How queries look at keys. */
final class Attention {
    private Attention() {}

    static Tensor of(List<Tensor> in, AttentionOptions options) {
        Tensor queries = in.get(0);
        Tensor keys = in.get(1);
        Requirements.requireFloat("queries", queries);
        Dim depth = queries.dim(-1);
        if (queries.rank() < 2) {
            throw new GraphException("queries [..., queries, depth] are needed, not "
                    + Requirements.describe("queries", queries));
        }
        Tensor products = Linalg.matmul(queries, keys, false, true);
        Tensor scores = options.scale().isPresent() || depth.isConstant()
                ? products.times(options.scale().orElseGet(() -> 1 / Math.sqrt(depth.constant())))
                : products.times(scale(queries));
        double low = low(scores.dtype());
        if (options.causal()) {
            Tensor allowed = Composer.tensor("causal", c -> {
                Shape shape = Composer.shape(c.in(0));
                int rank = shape.rank();
                Shape last = Shape.of(shape.dim(rank - 2), shape.dim(rank - 1));
                return c.map(ScalarFn.GE, Pooling.iota(c, last, 0), Pooling.iota(c, last, 1));
            }, scores);
            scores = Ops.where(allowed, scores, Requirements.number(scores, low));
        }
        if (in.size() == 4) {
            if (in.get(3).dtype() != DType.BOOL) {
                throw new GraphException("the mask must be bool, not " + Requirements.describe("mask", in.get(3)));
            }
            scores = Ops.where(in.get(3), scores, Requirements.number(scores, low));
        }
        Tensor weights = Nn.softmax(scores);
        return Ops.matmul(options.dropout() == 0 ? weights : Nn.dropout(weights, options.dropout()), in.get(2));
    }

    /** {@code 1 / sqrt(depth)} of a depth that the run knows, rounded once, as a known one is. */
    private static Tensor scale(Tensor queries) {
        return Composer.tensor("scale", c -> {
            Node depth = c.size(Composer.shape(c.in(0)).dim(Composer.rank(c.in(0)) - 1), DType.FLOAT64);
            return c.convert(c.map(ScalarFn.DIV, c.fullLike(depth, 1), c.map(ScalarFn.SQRT, depth)),
                    Composer.dtype(c.in(0)));
        }, queries);
    }

    /** A number so low that its exponential is 0 beside all others, and yet finite. */
    static double low(DType dtype) {
        return dtype.bytes() == 2 ? -3e4 : -1e30;
    }
}
