package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Iota;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Numbers as the bits that they are in memory, the lowest first, and numbers that stay within a dtype. */
final class BitPatterns {
    private BitPatterns() {}

    /** The bits of each element as one number, those of each as several, or those of several as one. */
    static Node bitcast(Composer c, Node x, DType to) {
        DType from = Composer.dtype(x);
        if (from == DType.BOOL || to == DType.BOOL) {
            throw new GraphException("a bool has no bits; cast(...) it: " + c.describe(x) + " as " + to);
        }
        if (from.bits() == to.bits()) {
            return as(c, x, to);
        }
        return from.bits() > to.bits() ? split(c, x, to) : joined(c, x, to);
    }

    private static Node as(Composer c, Node x, DType dtype) {
        return Composer.dtype(x) == dtype ? x : c.add(new Bitcast(dtype), x);
    }

    private static DType word(int bits) {
        return switch (bits) {
            case 8 -> DType.UINT8;
            case 16 -> DType.UINT16;
            case 32 -> DType.UINT32;
            default -> DType.UINT64;
        };
    }

    /** Where the bits of each part begin in a word, along a last axis. */
    private static Node starts(Composer c, DType word, Shape shape, int bits) {
        Node parts = c.add(new Iota(new TensorType(word, shape), shape.rank() - 1));
        return c.map(ScalarFn.MUL, parts, c.fullLike(parts, bits));
    }

    private static Node split(Composer c, Node x, DType to) {
        DType word = word(Composer.dtype(x).bits());
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        dims.add(Dim.of(word.bits() / to.bits()));
        Shape shape = new Shape(dims);
        Node words = c.stretch(as(c, x, word), shape, Composer.axes(x));
        Node parts = c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, words, starts(c, word, shape, to.bits()));
        return as(c, c.convert(parts, word(to.bits())), to);
    }

    private static Node joined(Composer c, Node x, DType to) {
        DType part = word(Composer.dtype(x).bits());
        DType word = word(to.bits());
        int last = Composer.rank(x) - 1;
        Dim count = Dim.of(to.bits() / part.bits());
        Dim own = last < 0 ? Dim.ONE : Composer.shape(x).dim(last);
        if (own.isConstant() && !own.equals(count)) {
            throw new GraphException("the last axis of " + c.describe(x) + " must have " + count + " elements, which"
                    + " are one " + to);
        }
        Node parts = c.convert(as(c, c.resized(x, last, count), part), word);
        Node placed = c.map(ScalarFn.SHIFT_LEFT, parts, starts(c, word, Composer.shape(parts), part.bits()));
        return as(c, c.reduce(ReduceFn.SUM, placed, List.of(last)), to);
    }

    /** Each number as the nearest one of a dtype. */
    static Node saturated(Composer c, Node x, DType to) {
        DType from = Composer.dtype(x);
        if (from == DType.BOOL || to == DType.BOOL || from.isFloat() && to.isInteger()) {
            return c.convert(x, to);
        }
        if (from.isFloat()) {
            Node exact = from.isHalf() ? c.convert(x, DType.FLOAT32) : x;
            double most = Math.min(from.largest(), to.largest());
            return c.convert(clipped(c, exact, c.fullLike(exact, -most), c.fullLike(exact, most)), to);
        }
        if (to.isFloat()) {
            double most = to.largest();
            return c.convert(from.largest() <= most ? x : clipped(c, x,
                    from.isUnsigned() ? c.fullLike(x, 0) : c.fullLike(x, -most), c.fullLike(x, most)), to);
        }
        long least = Math.max(from.least(), to.least());
        long most = Long.compareUnsigned(from.greatest(), to.greatest()) < 0 ? from.greatest() : to.greatest();
        return c.convert(clipped(c, x, integer(c, x, least), integer(c, x, most)), to);
    }

    private static Node clipped(Composer c, Node x, Node least, Node most) {
        return c.map(ScalarFn.MIN, c.map(ScalarFn.MAX, x, least), most);
    }

    private static Node integer(Composer c, Node like, long value) {
        NDArray scalar = NDArray.zeros(Composer.dtype(like));
        scalar.setLong(0, value);
        return c.stretch(c.constant(scalar), Composer.shape(like), List.of());
    }
}
