package dev.sinter.runtime;

/** A compiled function. Used by several threads at once. */
public interface Executable extends AutoCloseable {
    /** What one run at a time works with; many may exist. */
    Invocation newInvocation();

    /** Frees the code. No invocation runs then or later. */
    @Override
    void close();
}
