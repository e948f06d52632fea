package dev.sinter.graph;

import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Ops whose results have sizes that the run finds. */
final class Found {
    private Found() {}

    /** The first elements along axis 0. */
    static Node prefix(Composer c, Node x, Node count) {
        c.label("x", "count");
        if (Composer.rank(x) == 0) {
            throw new GraphException(c.describe(x) + " has no axis 0");
        }
        return first(c, x, c.found(Carries.integer(c, "the count", count), Composer.shape(x).dim(0)));
    }

    /** The first elements along axis 0. */
    static Node first(Composer c, Node x, Dim size) {
        List<Dim> limits = new ArrayList<>(Composer.shape(x).dims());
        limits.set(0, size);
        return c.add(new Slice(Shaping.zeros(limits.size()), limits, Shaping.ones(limits.size())), x);
    }

    /** A value with zeros behind its elements along axis 0; a run in which there are more than the size fails. */
    static Node padded(Composer c, Node x, Dim size) {
        Dim own = Composer.shape(x).dim(0);
        Node part = x;
        if (c.graph().sizes().isFound(own) || c.graph().sizes().isFound(size)) {
            part = first(c, x, c.found(c.size(own, DType.INT64), size));
        }
        int rank = Composer.rank(x);
        List<Dim> high = Shaping.zeros(rank);
        high.set(0, size.minus(Composer.shape(part).dim(0)));
        return c.add(new Pad(Shaping.zeros(rank), high, Collections.nCopies(rank, 0L)), part,
                zero(c, Composer.dtype(x)));
    }

    private static Node zero(Composer c, DType dtype) {
        return dtype == DType.BOOL ? c.constant(dev.sinter.tensor.NDArray.scalar(false)) : c.scalar(dtype, 0);
    }
}
