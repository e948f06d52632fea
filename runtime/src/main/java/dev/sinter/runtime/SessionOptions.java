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
 */
public record SessionOptions(Backend backend, int threads, OptionalLong memoryLimit, boolean optimize, boolean keep) {
    /** Native code where there is any, a thread for each processor. */
    public static final SessionOptions DEFAULT = new SessionOptions(Backend.AUTO,
            Runtime.getRuntime().availableProcessors(), OptionalLong.empty(), true, true);

    public SessionOptions {
        if (threads < 1) {
            throw new GraphException("session: at least 1 thread is needed, not " + threads);
        }
    }

    public SessionOptions withBackend(Backend other) {
        return new SessionOptions(other, threads, memoryLimit, optimize, keep);
    }

    public SessionOptions withThreads(int count) {
        return new SessionOptions(backend, count, memoryLimit, optimize, keep);
    }

    public SessionOptions withMemoryLimit(long bytes) {
        return new SessionOptions(backend, threads, OptionalLong.of(bytes), optimize, keep);
    }

    /** These options without the passes. */
    public SessionOptions unoptimized() {
        return new SessionOptions(backend, threads, memoryLimit, false, keep);
    }

    /** These options without values that are kept from run to run. */
    public SessionOptions withoutKeptValues() {
        return new SessionOptions(backend, threads, memoryLimit, optimize, false);
    }
}
