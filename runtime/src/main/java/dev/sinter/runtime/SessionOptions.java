package dev.sinter.runtime;

import dev.sinter.tensor.GraphException;
import java.util.OptionalLong;

/**
 * How a session runs.
 *
 * @param backend     what executes the graph
 * @param threads     how many threads compute, at least 1; no result depends on it
 * @param memoryLimit how many bytes a run may take; by default what the machine has
 */
public record SessionOptions(Backend backend, int threads, OptionalLong memoryLimit) {
    /** Native code, a thread for each processor. */
    public static final SessionOptions DEFAULT = new SessionOptions(Backend.LLVM,
            Runtime.getRuntime().availableProcessors(), OptionalLong.empty());

    public SessionOptions {
        if (threads < 1) {
            throw new GraphException("session: at least 1 thread is needed, not " + threads);
        }
    }

    public SessionOptions withBackend(Backend other) {
        return new SessionOptions(other, threads, memoryLimit);
    }

    public SessionOptions withThreads(int count) {
        return new SessionOptions(backend, count, memoryLimit);
    }

    public SessionOptions withMemoryLimit(long bytes) {
        return new SessionOptions(backend, threads, OptionalLong.of(bytes));
    }
}
