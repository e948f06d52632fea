package dev.sinter.bench;

/**
 * What one iteration of a workload has to do at least; zero where the number would say nothing.
 *
 * @param flops the floating-point operations, a fused multiply-add counting as two
 * @param bytes the bytes that are read and written
 * @param steps the iterations of its loop
 */
public record Cost(double flops, double bytes, long steps) {
    /** Nothing is counted. */
    public static final Cost UNCOUNTED = new Cost(0, 0, 0);

    /** Only operations are counted. */
    public static Cost ofFlops(double flops) {
        return new Cost(flops, 0, 0);
    }

    /** Only bytes are counted. */
    public static Cost ofBytes(double bytes) {
        return new Cost(0, bytes, 0);
    }

    /** The same in that many iterations of a loop. */
    public Cost withSteps(long iterations) {
        return new Cost(flops, bytes, iterations);
    }
}
