package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Ops whose results have as many elements along axis 0 as the run finds. Their shapes show an unknown size there, as
 * those of placeholders do, but no feed gives it: the run computes it, and checks that it is at most a bound, for which
 * memory is planned. Such a size is equal to itself alone: it meets no other size in an op, and no variable holds it.
 */
public final class Select {
    private Select() {}

    /**
     * The first elements along axis 0: {@code x[:count]}.
     *
     * @param count an integer scalar; a run in which it is negative or larger than axis 0 fails
     */
    public static Tensor prefix(Operand x, Operand count) {
        return Composer.tensor("prefix", c -> Found.prefix(c, c.in(0), c.in(1)), x, count);
    }

    /**
     * The elements along the first axes where a mask is true, in row-major order: {@code x[mask]}. The result has one
     * axis in place of those of the mask.
     *
     * @param mask a bool tensor of the sizes of x's first axes
     */
    public static Tensor booleanMask(Operand x, Operand mask) {
        String op = "boolean_mask";
        Tensor rows = Composer.tensor(op, c -> Found.rows(c, c.in(0), c.in(1)), x, mask);
        Tensor flags = Composer.tensor(op, c -> c.reshape(c.in(0), Shape.of(Composer.shape(c.in(0)).elementCount())),
                mask);
        return compacted(rows, flags);
    }

    /**
     * The positions of the elements that are not 0, or true, in row-major order: an {@code int64} tensor with a row an
     * element and a column an axis.
     *
     * @param x a tensor with at least one axis
     */
    public static Tensor nonzero(Operand x) {
        Tensor flags = Composer.tensor("nonzero", c -> Found.flags(c, c.in(0)), x);
        Tensor positions = Composer.tensor("nonzero", c -> Found.positions(c, c.in(0)), x);
        return compacted(positions, flags);
    }

    /**
     * Writes each row where the next one that counts belongs: one that does not count is written over, or lies behind
     * the end.
     */
    private static Tensor compacted(Tensor rows, Tensor flags) {
        Graph graph = rows.graph();
        Tensor none = Composer.tensor("compact", c -> Found.roomBehind(c, c.in(0)), rows);
        ScanResult moved = Control.scan(List.of(none, graph.constant(0L)), List.of(rows, flags), ScanOptions.DEFAULT,
                each -> {
                    Tensor next = each.carry(1);
                    Tensor row = Ops.expandDims(each.element(0), 0);
                    Tensor written = Composer.tensor("compact", c -> Found.write(c, c.in(0), c.in(1), c.in(2)),
                            each.carry(0), row, next);
                    return Step.carry(written, next.plus(Ops.cast(each.element(1), DType.INT64)));
                });
        return Composer.tensor("compact", c -> Found.first(c, c.in(0), c.found(c.in(1), rows.dim(0))), moved.carry(0),
                moved.carry(1));
    }
}
