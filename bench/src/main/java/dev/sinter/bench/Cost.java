package dev.sinter.bench;

/**
 * What one iteration of a workload has to do at least; zero where the number would say nothing.
 *
 * @param flops the floating-point operations, a fused multiply-add counting as two
 * @param bytes the bytes that are read and written
 * @param steps the iterations of its loop
 * @param bound what of the machine bounds it
 */
public record Cost(double flops, double bytes, long steps, Bound bound) {
    /** What the machine does at most, which a workload's rate is divided by. */
    public enum Bound {
        /** Multiply-adds in float32. */
        FLOAT32,
        /** Multiply-adds in float64. */
        FLOAT64,
        /** Bytes that are copied, half of them read and half written. */
        COPY,
        /** Bytes that are only read. */
        READ
    }

    /** Nothing is counted. */
    public static final Cost UNCOUNTED = ofFlops(0);

    /** Only operations are counted, in float32. */
    public static Cost ofFlops(double flops) {
        return new Cost(flops, 0, 0, Bound.FLOAT32);
    }

    /** Only bytes are counted, about as many written as read. */
    public static Cost ofBytes(double bytes) {
        return new Cost(0, bytes, 0, Bound.COPY);
    }

    /** Only bytes are counted, of which hardly any are written. */
    public static Cost ofReadBytes(double bytes) {
        return new Cost(0, bytes, 0, Bound.READ);
    }

    /** The same in that many iterations of a loop. */
    public Cost withSteps(long iterations) {
        return new Cost(flops, bytes, iterations, bound);
    }

    /** The same operations in float64. */
    public Cost inFloat64() {
        return new Cost(flops, bytes, steps, Bound.FLOAT64);
    }
}
