package dev.sinter.pass;

import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;

/** How large values are, for decisions about memory; an unknown size counts as {@value #NOMINAL_SIZE}. */
final class SizeEstimate {
    private static final long NOMINAL_SIZE = 64;
    private static final double LARGEST = 1e15;

    private SizeEstimate() {}

    /** The bytes of a tensor. */
    static long bytes(Value value) {
        double bytes = value.dtype().bytes();
        for (Dim dim : value.shape().dims()) {
            bytes *= Math.max(0, dim.evaluate(any -> NOMINAL_SIZE));
        }
        return (long) Math.min(bytes, LARGEST);
    }
}
