package dev.sinter.runtime;

import dev.sinter.tensor.GraphException;
import java.util.OptionalLong;

/**
 * How a session runs.
 *
 * @param backend     what executes the graph
 * @param threads     how many threads compute, at least 1; no result depends on it
 * @param memoryLimit how many bytes a run may take for intermediate results; by default what the machine or the
 *                    container has beside the largest heap. A run that would take more is compiled once more, so that
 *                    it computes values twice in place of keeping them, and is refused where that is not enough. A
 *                    session keeps the memory of as many runs as were in
 *                    progress or prepared at once
 * @param optimize    whether programs go through the passes first, which change no result
 * @param keep        whether native code keeps values that follow from constants and from variables that a program
 *                    only reads, such as folded scales, from run to run until such a variable is written; changes no
 *                    result. Their memory counts towards the limit
 * @param convolutionTolerance how far a result of a convolution of {@code float32} may be from the exact one, as a part
 *                    of the largest of its results; by default 0, and results differ by the order of sums alone. From
 *                    {@code 2e-6} on convolutions of 3 by 3 may take fewer multiplications in tiles of 2 by 2, from
 *                    {@code 2e-5} on in tiles of 4 by 4 (Winograd), where their filter follows from variables that the
 *                    program only reads. Elements that are not finite, or larger than 1e30, then reach results whose
 *                    windows do not show them. The interpreter convolves exactly
 */
public record SessionOptions(Backend backend, int threads, OptionalLong memoryLimit, boolean optimize, boolean keep,
        double convolutionTolerance) {
    /** Native code where there is any, a thread for each processor. */
    public static final SessionOptions DEFAULT = new SessionOptions(Backend.AUTO,
            Runtime.getRuntime().availableProcessors(), OptionalLong.empty(), true, true, 0);

    public SessionOptions {
        if (threads < 1) {
            throw new GraphException("session: at least 1 thread is needed, not " + threads);
        }
        if (!(convolutionTolerance >= 0)) {
            throw new GraphException("session: the tolerance of convolutions is a part of their largest result, such as"
                    + " 1e-5, not " + convolutionTolerance);
        }
    }

    public SessionOptions withBackend(Backend other) {
        return new SessionOptions(other, threads, memoryLimit, optimize, keep, convolutionTolerance);
    }

    public SessionOptions withThreads(int count) {
        return new SessionOptions(backend, count, memoryLimit, optimize, keep, convolutionTolerance);
    }

    public SessionOptions withMemoryLimit(long bytes) {
        return new SessionOptions(backend, threads, OptionalLong.of(bytes), optimize, keep, convolutionTolerance);
    }

    /** These options without the passes. */
    public SessionOptions unoptimized() {
        return new SessionOptions(backend, threads, memoryLimit, false, keep, convolutionTolerance);
    }

    /** These options without values that are kept from run to run. */
    public SessionOptions withoutKeptValues() {
        return new SessionOptions(backend, threads, memoryLimit, optimize, false, convolutionTolerance);
    }

    /** These options with convolutions that may be less exact and take less time. */
    public SessionOptions withConvolutionTolerance(double tolerance) {
        return new SessionOptions(backend, threads, memoryLimit, optimize, keep, tolerance);
    }
}
