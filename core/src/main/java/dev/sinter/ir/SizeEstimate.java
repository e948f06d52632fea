package dev.sinter.ir;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.Dim;

/** How large values are, for decisions about memory; an unknown size counts as {@value #NOMINAL_SIZE}. */
public final class SizeEstimate {
    private static final long NOMINAL_SIZE = 64;
    private static final long LARGEST = 1L << 50;

    private SizeEstimate() {}

    /** The bytes of a tensor. */
    public static long bytes(Value value) {
        return bytes(value.tensorType());
    }

    /** The bytes of a tensor of a type. */
    public static long bytes(TensorType type) {
        double bytes = type.dtype().bytes();
        for (Dim dim : type.shape().dims()) {
            bytes *= size(dim);
        }
        return (long) Math.min(bytes, LARGEST);
    }

    /** A size. */
    public static long size(Dim dim) {
        return Math.max(0, dim.evaluate(any -> NOMINAL_SIZE));
    }
}
