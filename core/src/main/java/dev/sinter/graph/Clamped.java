package dev.sinter.graph;

/** Elements at indices that ops compute themselves: one that lies outside is the nearest inside, unchecked. */
final class Clamped {
    private Clamped() {}

    static Tensor gather(Operand x, Operand indices) {
        return gather(x, indices, 0, 0);
    }

    static Tensor gather(Operand x, Operand indices, int axis) {
        return gather(x, indices, axis, 0);
    }

    /** {@link Ops#gather(Operand, Operand, int, int)}. */
    static Tensor gather(Operand x, Operand indices, int axis, int batchDims) {
        return Composer.tensor("gather", c -> Indexed.gather(c, c.in(0), c.in(1), axis, batchDims, false), x, indices);
    }

    static Tensor gatherNd(Operand x, Operand indices) {
        return gatherNd(x, indices, 0);
    }

    /** {@link Ops#gatherNd(Operand, Operand, int)}. */
    static Tensor gatherNd(Operand x, Operand indices, int batchDims) {
        return Composer.tensor("gather_nd", c -> Indexed.gatherNd(c, c.in(0), c.in(1), batchDims, false), x, indices);
    }
}
